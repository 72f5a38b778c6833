import { registerConfig } from './register-config.js';
import { IntSetting } from './setting.decorator.js';

class SharesEnvironment {
  @IntSetting({
    min: 1,
    max: 100,
    description:
      'How much of what the other callers leave free one caller may take of places, waits, ' +
      'requests and HTTP+SSE sessions. A caller is a principal; with AUTH=none, an IP address or ' +
      'a /64 network of IPv6; over stdio there is one. Set 100 where all calls come from one caller.',
  })
  CALLER_SHARE_PERCENT = 50;
}

/** The share of one caller, in percent. */
export const sharesConfig = registerConfig('shares', SharesEnvironment, (environment) => ({
  callerPercent: environment.CALLER_SHARE_PERCENT,
}));
