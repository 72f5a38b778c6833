import { isIPv6 } from 'node:net';
import { join } from 'node:path';
import type { ClusterConfig } from '../cluster.config.js';
import type { Connection, TlsOptions } from '../http/connection/connection.js';
import { FileValue, isWholePem } from './file-value.js';

export const IN_CLUSTER = 'in-cluster';

/** The API server of the cluster that this server runs in, with its pod's service account. */
export class InClusterConnection implements Connection {
  readonly name = IN_CLUSTER;
  readonly server: URL;
  readonly proxy = undefined;
  readonly headers = {};
  readonly isAtHand = true;
  private readonly token: FileValue;
  private readonly ca: FileValue;
  private readonly namespaceFile: FileValue;
  private tlsOptions: TlsOptions | undefined;

  constructor({ host, port, serviceAccountPath }: NonNullable<ClusterConfig['inCluster']>) {
    this.server = new URL(`https://${isIPv6(host) ? `[${host}]` : host}:${port}`);
    const file = (name: string, isWhole?: (text: string) => boolean) =>
      new FileValue(join(serviceAccountPath, name), `service account ${name}`, isWhole);
    this.token = file('token');
    this.ca = file('ca.crt', isWholePem);
    this.namespaceFile = file('namespace');
  }

  get namespace(): string {
    return this.namespaceFile.read().trim();
  }

  get problems(): string[] {
    return [this.token, this.ca, this.namespaceFile].flatMap(({ problem }) => problem ?? []);
  }

  tls(): TlsOptions {
    const ca = this.ca.read();
    if (this.tlsOptions?.ca !== ca) this.tlsOptions = { ca };
    return this.tlsOptions;
  }

  authorization(): string {
    return `Bearer ${this.token.read().trim()}`;
  }

  renew(): boolean {
    this.token.expire();
    return true;
  }
}
