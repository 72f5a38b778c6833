import type { ConfigType } from '@nestjs/config';
import { ChoiceSetting, IntSetting, registerConfig, sharesConfig, TextSetting } from '#tools';

class ServerEnvironment {
  @IntSetting({ min: 0, max: 65_535, description: 'The port to listen on. 0: any free port.' })
  PORT = 8081;

  @TextSetting({
    description:
      'The address to listen on. An address that other machines can reach needs `AUTH=none`.',
  })
  HOST = '127.0.0.1';

  @ChoiceSetting({
    choices: ['none'],
    description:
      'The server has no authentication. `none` confirms that something in front of it decides ' +
      'who may call it.',
  })
  AUTH = '';

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
    max: 3_600,
    description:
      'Seconds after which a client that waits gets a sign of life: a comment in an event stream, ' +
      'or the latest progress again.',
  })
  KEEP_ALIVE_SECONDS = 15;

  @TextSetting({
    description:
      'Host names, joined by commas, under which clients may call the server. `localhost` and IP ' +
      'addresses are always allowed.',
  })
  ALLOWED_HOSTS = '';

  @TextSetting({
    format: {
      pattern: /^( *[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+ *(,|$))*$/i,
      means: 'origins such as "https://portal.example.com", joined by commas',
    },
    description:
      "Origins of web pages that may call the server. The server's own pages are always allowed.",
  })
  ALLOWED_ORIGINS = '';
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Where the server listens and which requests it takes.
 * @throws Error when other machines can reach HOST and AUTH is not `none`
 */
export const serverConfig = registerConfig('server', ServerEnvironment, (environment) => {
  const { PORT: port, HOST: host, AUTH: auth } = environment;
  if (!LOOPBACK.test(host) && auth !== 'none') {
    throw new Error(
      `The server does not listen on ${host}, because everybody who can reach it could operate the cluster. ` +
        'Set AUTH=none if something in front of the server decides who may call it. Leave HOST out to listen on 127.0.0.1.',
    );
  }
  return {
    port,
    host,
    bodyLimitBytes: environment.BODY_LIMIT_BYTES,
    maxRequests: environment.MAX_REQUESTS,
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
