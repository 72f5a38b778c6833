import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, sharesConfig } from '#tools';

class UnreadEnvironment {
  @IntSetting({
    description:
      'Bytes that may wait until their clients read them, for all clients together. Each caller ' +
      'has its share.',
    min: 1024 * 1024,
  })
  MAX_UNREAD_BYTES = 256 * 1024 * 1024;

  // The longest event of a stream is shorter.
  @IntSetting({
    description: 'Bytes that may wait on one connection until its client reads them.',
    min: 512 * 1024,
  })
  MAX_UNREAD_BYTES_PER_CLIENT = 4 * 1024 * 1024;

  @IntSetting({
    description: 'Seconds after which a connection is dropped if its client reads nothing.',
    min: 1,
  })
  MAX_UNREAD_SECONDS = 30;
}

/** How many bytes may wait for clients that do not read, and for how long. */
export const unreadConfig = registerConfig('unread', UnreadEnvironment, (environment) => ({
  maxBytes: environment.MAX_UNREAD_BYTES,
  maxBytesPerClient: environment.MAX_UNREAD_BYTES_PER_CLIENT,
  callerPercent: sharesConfig().callerPercent,
  stalledMs: environment.MAX_UNREAD_SECONDS * 1_000,
}));

export type UnreadConfig = ConfigType<typeof unreadConfig>;
