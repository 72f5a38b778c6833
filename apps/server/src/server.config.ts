import { registerAs, type ConfigType } from '@nestjs/config';
import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { readConfig, sharesConfig } from '#tools';

class ServerEnvironment {
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 8081;

  @IsString()
  HOST = '127.0.0.1';

  @IsIn(['', 'none'])
  AUTH = '';

  @IsInt()
  @Min(1_024)
  BODY_LIMIT_BYTES = 16 * 1024 * 1024;

  @IsInt()
  @Min(1)
  MAX_REQUESTS = 4_000;

  @IsString()
  ALLOWED_HOSTS = '';

  @Matches(/^( *[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,]+ *(,|$))*$/i, {
    message: 'must be origins such as "https://portal.example.com", joined by commas',
  })
  ALLOWED_ORIGINS = '';
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * `PORT` (0: any free one) and `HOST` to listen on; `BODY_LIMIT_BYTES` of one request;
 * `MAX_REQUESTS` that are open at once, of which a caller has its share; `ALLOWED_HOSTS`, the
 * names, joined by commas, under which the server may be called beside localhost and IP addresses;
 * `ALLOWED_ORIGINS` of web pages that may call it beside its own; `AUTH`.
 * @throws Error when HOST is reachable from outside and AUTH does not say `none`
 */
export const serverConfig = registerAs('server', () => {
  const environment = readConfig(ServerEnvironment);
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
