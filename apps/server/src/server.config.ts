import type { ConfigType } from '@nestjs/config';
import { UNIX_SOCKET } from '#access';
import { IntSetting, registerConfig, sharesConfig, TextSetting } from '#tools';

class ServerEnvironment {
  @IntSetting({ min: 0, max: 65_535, description: 'The port to listen on. 0: any free port.' })
  PORT = 8081;

  @TextSetting({
    format: {
      pattern: /^(unix:\/[^\0]*[^/\0]|(?!unix:)[^\s/]+)$/,
      means: 'an address or a name, or a path such as "unix:/run/skyflo.sock"',
    },
    description:
      'The address to listen on, or `unix:` and the path of a Unix socket. An address that other ' +
      'machines reach needs a way for them to prove who they are (API keys, OIDC or a trusted ' +
      'proxy), and TLS. See [authentication.md](authentication.md).',
  })
  HOST = '127.0.0.1';

  @IntSetting({ min: 1_024, description: 'Maximum size of a request body in bytes.' })
  BODY_LIMIT_BYTES = 16 * 1024 * 1024;

  @IntSetting({
    min: 1,
    description:
      'Maximum number of requests that are open at the same time, streams included. Each caller ' +
      'has its share.',
  })
  MAX_REQUESTS = 4_000;

  @IntSetting({
    min: 1,
    description:
      'Maximum number of requests that a caller makes in a second: a principal, or an address ' +
      'whose requests prove nothing. Further ones are refused (429).',
  })
  MAX_REQUESTS_PER_SECOND = 5_000;

  @IntSetting({
    min: 1,
    max: 3_600,
    description:
      'Seconds after which a client that waits gets a sign of life: a comment in an event stream, ' +
      'or the latest progress again.',
  })
  KEEP_ALIVE_SECONDS = 15;

  @TextSetting({
    isList: true,
    description:
      'Host names, joined by commas, under which clients may call the server. `localhost` and IP ' +
      'addresses are always allowed.',
  })
  ALLOWED_HOSTS = '';

  @TextSetting({
    isList: true,
    format: {
      pattern: /^( *[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+ *(,|$))*$/i,
      means: 'origins such as "https://portal.example.com", joined by commas',
    },
    description:
      'Origins of web pages that may call the server and read its answers (CORS). The own pages ' +
      'of the server are always allowed.',
  })
  ALLOWED_ORIGINS = '';
}

/** Where the server listens and which requests it takes. */
export const serverConfig = registerConfig('server', ServerEnvironment, (environment) => {
  return {
    port: environment.PORT,
    host: environment.HOST,
    /** The path of the Unix socket to listen on, instead of an address and port. */
    socketPath: environment.HOST.startsWith(UNIX_SOCKET)
      ? environment.HOST.slice(UNIX_SOCKET.length)
      : undefined,
    bodyLimitBytes: environment.BODY_LIMIT_BYTES,
    maxRequests: environment.MAX_REQUESTS,
    maxRequestsPerSecond: environment.MAX_REQUESTS_PER_SECOND,
    keepAliveMs: environment.KEEP_ALIVE_SECONDS * 1_000,
    callerPercent: sharesConfig().callerPercent,
    allowedHosts: listOf(environment.ALLOWED_HOSTS),
    allowedOrigins: listOf(environment.ALLOWED_ORIGINS),
  };
});

function listOf(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
}

export type ServerConfig = ConfigType<typeof serverConfig>;
