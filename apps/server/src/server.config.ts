import type { ConfigType } from '@nestjs/config';
import { ChoiceSetting, IntSetting, registerConfig, sharesConfig, TextSetting } from '#tools';

class ServerEnvironment {
  @IntSetting({ min: 0, max: 65_535, description: 'The port to listen on. 0: any free one.' })
  PORT = 8081;

  @TextSetting({
    description: 'The address to listen on. One that others can reach needs `AUTH=none`.',
  })
  HOST = '127.0.0.1';

  @ChoiceSetting({
    choices: ['none'],
    description:
      'The server has no authentication yet. `none` says that something in front of it decides ' +
      'who may call it.',
  })
  AUTH = '';

  @IntSetting({ min: 1_024, description: 'Bytes of the largest request body.' })
  BODY_LIMIT_BYTES = 16 * 1024 * 1024;

  @IntSetting({
    min: 1,
    description:
      'Most requests that are open at the same time, streams included. A caller has its share.',
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
      'Host names, joined by commas, under which the server may be called besides `localhost` ' +
      'and IP addresses.',
  })
  ALLOWED_HOSTS = '';

  @TextSetting({
    format: {
      pattern: /^( *[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+ *(,|$))*$/i,
      means: 'origins such as "https://portal.example.com", joined by commas',
    },
    description: "Origins of web pages that may call the server besides the server's own pages.",
  })
  ALLOWED_ORIGINS = '';
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * Where the server listens and whom it answers.
 * @throws Error when HOST is reachable from outside and AUTH does not say `none`
 */
export const serverConfig = registerConfig('server', ServerEnvironment, (environment) => {
  const { PORT: port, HOST: host, AUTH: auth } = environment;
  if (!LOOPBACK.test(host) && auth !== 'none') {
    throw new Error(
      `Refusing to listen on ${host}: anybody who reaches it could operate the cluster. ` +
        'Set AUTH=none if something in front of this server decides who may call it, or leave HOST out to listen on 127.0.0.1.',
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
