import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server, ServerOptions } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Logger } from '@nestjs/common';
import { FileWatch } from '#base';
import type { AuthenticationConfig } from './authentication.config.js';
import { certificatesIn } from './certificates.js';

/** How long a client may take to agree on a cipher. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

type Settings = Pick<AuthenticationConfig, 'tls' | 'trustedProxy'>;

/**
 * The certificate that the server shows, from files that are read again when they change. New
 * connections then see the new one, and open connections go on. Files that are wrong or gone leave
 * the certificate before in force.
 */
export class ServerCertificate {
  private readonly logger = new Logger(ServerCertificate.name);
  private readonly watches: FileWatch[];
  private readonly servers = new Set<Server>();
  private context: SecureContextOptions;

  /** @throws Error naming the files, if they are no certificate with its key */
  private constructor(
    private readonly files: NonNullable<Settings['tls']>,
    private readonly proxyCa: string,
    lookEveryMs?: number,
  ) {
    const renew = () => this.renew();
    this.watches = [files.certFile, files.keyFile].map(
      (file) => new FileWatch(file, renew, { everyMs: lookEveryMs }),
    );
    try {
      this.context = this.read();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** The certificate of the settings; undefined if they name none. */
  static of({ tls, trustedProxy }: Settings, lookEveryMs?: number): ServerCertificate | undefined {
    return tls && new ServerCertificate(tls, trustedProxy?.ca ?? '', lookEveryMs);
  }

  /**
   * For `createServer`. A client may show a certificate where one of a proxy counts. `TrustedProxy`
   * decides whether it does, and other clients need none.
   */
  get options(): ServerOptions {
    return {
      ...this.context,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      requestCert: this.proxyCa !== '',
      rejectUnauthorized: false,
    };
  }

  /** Lets a server show each new certificate. */
  renewOn(server: Server): void {
    this.servers.add(server);
    server.once('close', () => {
      this.servers.delete(server);
      if (this.servers.size === 0) this.close();
    });
  }

  /** Stops looking at the files. */
  close(): void {
    for (const watch of this.watches) watch.close();
  }

  private renew(): void {
    try {
      const { cert, key } = this.context;
      const context = this.read();
      // Both files have been written, and both were noticed.
      if (context.cert === cert && context.key === key) return;
      this.context = context;
      for (const server of this.servers) server.setSecureContext(context);
      const { validTo } = new X509Certificate(context.cert as string);
      this.logger.log({ msg: 'shows a new TLS certificate', validTo });
    } catch (error) {
      const { message } = error as Error;
      this.logger.error(`${message} The TLS certificate before stays in force.`);
    }
  }

  private read(): SecureContextOptions {
    const { certFile, keyFile } = this.files;
    try {
      const context: SecureContextOptions = {
        cert: readFileSync(certFile, 'utf8'),
        key: readFileSync(keyFile, 'utf8'),
        minVersion: 'TLSv1.2',
        ...(this.proxyCa !== '' && { ca: this.proxyCa }),
      };
      // An empty text would count as left out.
      const [certificate] = certificatesIn(context.cert as string);
      if (!certificate!.checkPrivateKey(createPrivateKey(context.key as string))) {
        throw new Error('the key is of another certificate');
      }
      createSecureContext(context);
      return context;
    } catch (cause) {
      throw new Error(
        `TLS_CERT_FILE (${certFile}) and TLS_KEY_FILE (${keyFile}) are no certificate with its ` +
          `key, in PEM: ${(cause as Error).message.replace(/\.$/, '')}.`,
        { cause },
      );
    }
  }
}
