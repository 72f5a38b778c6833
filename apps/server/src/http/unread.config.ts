import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, sharesConfig } from '#tools';

class UnreadEnvironment {
  @IntSetting({
    description:
      'Bytes that wait for all clients that do not read them. Each caller has its share of them.',
    min: 1024 * 1024,
  })
  MAX_UNREAD_BYTES = 256 * 1024 * 1024;

  // The longest event of a stream has less.
  @IntSetting({
    description: 'Bytes that wait for one connection on which they are not read.',
    min: 512 * 1024,
  })
  MAX_UNREAD_BYTES_PER_CLIENT = 4 * 1024 * 1024;

  @IntSetting({
    description: 'Seconds after which a connection is dropped on which nothing is read.',
    min: 1,
  })
  MAX_UNREAD_SECONDS = 30;
}

/** How much may wait for clients that do not read it, and how long. */
export const unreadConfig = registerConfig('unread', UnreadEnvironment, (environment) => ({
  maxBytes: environment.MAX_UNREAD_BYTES,
  maxBytesPerClient: environment.MAX_UNREAD_BYTES_PER_CLIENT,
  callerPercent: sharesConfig().callerPercent,
  stalledMs: environment.MAX_UNREAD_SECONDS * 1_000,
}));

export type UnreadConfig = ConfigType<typeof unreadConfig>;
