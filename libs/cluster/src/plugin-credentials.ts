import type { KubeConfig } from '@kubernetes/client-node';
import { ToolError } from '#tools';
import type { EntryFields } from './entry-fields.js';
import { besideFile } from './kubeconfig.js';

/** What a credential plugin gave. */
interface Given {
  authorization: string | undefined;
  cert: string | undefined;
  key: string | undefined;
}

const REUSE_MS = 1_000;
/** Characters of a plugin's complaint. */
const MOST_SAID = 500;

interface RequestOptions {
  headers?: Record<string, string>;
  cert?: string | Buffer;
  key?: string | Buffer;
}

/**
 * Credentials that a program (`exec`: EKS, GKE, AKS) or an `auth-provider` (OIDC) makes, through @kubernetes/client-node.
 * It is imported when first needed, as it costs 86 MB; it runs the program, remembers what it gave and knows when that expires.
 */
export class PluginCredentials {
  private kubeConfig: Promise<KubeConfig> | undefined;
  private latest: Promise<Given> | undefined;
  private askedAt = -Infinity;

  constructor(
    private readonly cluster: EntryFields,
    private readonly user: EntryFields,
  ) {}

  /** @throws ToolError `unavailable` with what the plugin said */
  credentials(): Promise<Given> {
    // One answer serves all requests that wait for it, and those of the next second.
    if (!this.latest || performance.now() - this.askedAt > REUSE_MS) {
      this.latest = this.ask().finally(() => (this.askedAt = performance.now()));
      this.askedAt = Infinity;
    }
    return this.latest;
  }

  expire(): void {
    this.kubeConfig = undefined;
    this.latest = undefined;
  }

  private async ask(): Promise<Given> {
    try {
      const kubeConfig = await (this.kubeConfig ??= this.load());
      const options: RequestOptions = { headers: {} };
      await kubeConfig.applyToHTTPSOptions(options);
      return {
        authorization: options.headers?.Authorization,
        cert: options.cert?.toString(),
        key: options.key?.toString(),
      };
    } catch (cause) {
      this.expire();
      const field = this.user.record('exec') ? 'exec' : 'auth-provider';
      const said = (cause instanceof Error ? cause.message : String(cause))
        .trim()
        .slice(-MOST_SAID);
      throw new ToolError(
        'unavailable',
        `${this.user.origin}: user "${this.user.name}": ${field} gave no credentials: ${said}`,
        { cause },
      );
    }
  }

  private async load(): Promise<KubeConfig> {
    const { KubeConfig } = await import('@kubernetes/client-node');
    const kubeConfig = new KubeConfig();
    const user = {
      name: this.user.name,
      exec: this.exec(),
      authProvider: this.user.record('auth-provider'),
    };
    const cluster = {
      name: this.cluster.name,
      server: this.cluster.required('server'),
      caFile: this.cluster.file('certificate-authority')?.path,
      caData: this.cluster.text('certificate-authority-data'),
      skipTLSVerify: this.cluster.flag('insecure-skip-tls-verify'),
    };
    kubeConfig.loadFromClusterAndUser(cluster, user);
    return kubeConfig;
  }

  /** The exec section as the plugin protocol wants it (client.authentication.k8s.io): the program learns what is asked of it from one variable. */
  private exec(): object | undefined {
    const exec = this.user.record('exec');
    if (!exec) return undefined;
    const command = typeof exec.command === 'string' ? exec.command : '';
    const info = {
      apiVersion: exec.apiVersion,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        ...(exec.provideClusterInfo === true && { cluster: this.clusterInfo() }),
      },
    };
    return {
      ...exec,
      command: command.includes('/') ? besideFile(this.user.origin, command) : command,
      env: [
        ...(Array.isArray(exec.env) ? (exec.env as unknown[]) : []),
        { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) },
      ],
    };
  }

  private clusterInfo(): object {
    const ca = this.cluster.pem('certificate-authority');
    return {
      server: this.cluster.text('server'),
      'tls-server-name': this.cluster.text('tls-server-name'),
      'insecure-skip-tls-verify': this.cluster.flag('insecure-skip-tls-verify') || undefined,
      'certificate-authority-data': ca && Buffer.from(ca).toString('base64'),
      'proxy-url': this.cluster.text('proxy-url'),
    };
  }
}
