import {
  RealProvider,
  type ProviderOptions,
} from '../../libs/access/src/authentication/fixtures/provider.js';
import { freePort } from './free-port.js';
import { startServer } from './server.js';

/** A server that takes the tokens of a real issuer, each of which knows the other's address. */
export interface ServerWithIssuer {
  issuer: RealProvider;
  /** Without a slash at the end. */
  address: string;
  stop(): Promise<void>;
}

/** @param optionsOf what the issuer is for, by the address of the server */
export async function startServerWithIssuer(
  optionsOf: (address: string) => ProviderOptions,
): Promise<ServerWithIssuer> {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const issuer = await RealProvider.start('first', optionsOf(address));
  const server = await startServer({
    AUTH: '',
    PORT: String(port),
    PUBLIC_URL: address,
    OIDC_ISSUER: issuer.issuer,
    POLICY_FILE: 'admin',
  });
  const stop = async () => {
    await server.stop();
    await issuer.server.stop();
  };
  return { issuer, address, stop };
}
