import { registerAs, type ConfigType } from '@nestjs/config';
import { IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { readConfig } from '#tools';

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

  @IsString()
  ALLOWED_HOSTS = '';
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/**
 * `PORT` (0: any free one) and `HOST` to listen on; `BODY_LIMIT_BYTES` of one request; `ALLOWED_HOSTS`, the names, joined by commas,
 * under which the server may be called beside localhost and IP addresses; `AUTH`.
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
    allowedHosts: environment.ALLOWED_HOSTS.split(',')
      .map((name) => name.trim().toLowerCase())
      .filter(Boolean),
  };
});

export type ServerConfig = ConfigType<typeof serverConfig>;
