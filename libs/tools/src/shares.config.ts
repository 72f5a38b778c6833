import { registerAs } from '@nestjs/config';
import { IsInt, Max, Min } from 'class-validator';
import { readConfig } from './read-config.js';

class SharesEnvironment {
  @IsInt()
  @Min(1)
  @Max(100)
  CALLER_SHARE_PERCENT = 50;
}

/**
 * `CALLER_SHARE_PERCENT`: how much of what the others leave free one caller may take of places,
 * waits, requests and sessions. 100 where all calls come from one address, such as that of a proxy,
 * and need no share.
 */
export const sharesConfig = registerAs('shares', () => ({
  callerPercent: readConfig(SharesEnvironment).CALLER_SHARE_PERCENT,
}));
