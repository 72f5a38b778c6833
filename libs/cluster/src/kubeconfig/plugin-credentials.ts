import { Logger } from '@nestjs/common';
import type { KubeConfig } from '@kubernetes/client-node';
import { untilAborted } from '#base';
import type { Programs } from '#cli';
import { ToolError } from '#tools';
import {
  askPlugin,
  PluginFailure,
  type CredentialStatus,
  type PluginCommand,
} from './credential-plugin.js';
import type { EntryFields } from './entry-fields.js';
import { besideFile } from './kubeconfig.js';

/** What a credential plugin gave. */
interface Given {
  authorization: string | undefined;
  cert: string | undefined;
  key: string | undefined;
}

const REUSE_MS = 1_000;
/** Less than a request has, so that its caller learns what was waited for. */
const LIMIT_MS = 20_000;
/** Characters of a plugin's complaint that are logged: its last ones. */
const MAX_SAID = 2_000;

interface RequestOptions {
  headers?: Record<string, string>;
  cert?: string | Buffer;
  key?: string | Buffer;
}

/**
 * Credentials that a program (`exec`: EKS, GKE, AKS) or an `auth-provider` (OIDC) makes. They are
 * kept until they expire or are refused. For an `auth-provider` the Kubernetes client is imported
 * when first needed.
 */
export class PluginCredentials {
  private readonly logger = new Logger(PluginCredentials.name);
  private kubeConfig: Promise<KubeConfig> | undefined;
  private status: CredentialStatus | undefined;
  private latest: Promise<Given> | undefined;
  private askedAt = -Infinity;

  /** @param limitMs milliseconds that the plugin has for its answer */
  constructor(
    private readonly programs: Programs,
    private readonly context: string,
    private readonly cluster: EntryFields,
    private readonly user: EntryFields,
    private readonly limitMs = LIMIT_MS,
  ) {}

  /**
   * @throws ToolError `unavailable` with how the plugin ended, or that it said nothing in time; the
   * log has its words
   */
  credentials(): Promise<Given> {
    // One answer serves all requests that wait for it, and those of the next second.
    if (!this.latest || performance.now() - this.askedAt > REUSE_MS) {
      this.latest = this.ask().finally(() => (this.askedAt = performance.now()));
      this.askedAt = Infinity;
    }
    return this.latest;
  }

  /** Whether a program has given credentials that have not expired. */
  get isAnswered(): boolean {
    const { expirationTimestamp = '' } = this.status ?? {};
    return this.status !== undefined && !(Date.parse(expirationTimestamp) <= Date.now());
  }

  expire(): void {
    this.kubeConfig = undefined;
    this.status = undefined;
    this.latest = undefined;
  }

  private async ask(): Promise<Given> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.limitMs);
    const field = this.user.record('exec') ? 'exec' : 'auth-provider';
    try {
      const asked = field === 'exec' ? this.fromPlugin(late.signal) : this.fromProvider();
      return await untilAborted(asked, late.signal);
    } catch (cause) {
      this.expire();
      const what = late.signal.aborted
        ? `did not answer within ${this.limitMs / 1_000} seconds`
        : cause instanceof PluginFailure
          ? cause.message
          : 'gave no credentials';
      this.log(what, cause);
      const who = `Context "${this.context}", user "${this.user.name}"`;
      const kind = field === 'exec' ? 'credential plugin (exec)' : field;
      const message = `${who}: the ${kind} ${what}. The log of the server has its output.`;
      throw new ToolError('unavailable', message);
    } finally {
      clearTimeout(timer);
    }
  }

  private log(what: string, cause: unknown): void {
    const said = cause instanceof PluginFailure ? cause.said : String(cause);
    this.logger.warn({
      msg: 'no credentials',
      kubeContext: this.context,
      user: this.user.name,
      what,
      said: said.trim().slice(-MAX_SAID),
    });
  }

  private async fromPlugin(signal: AbortSignal): Promise<Given> {
    if (!this.isAnswered) this.status = undefined;
    this.status ??= await askPlugin(this.programs, this.pluginCommand(), signal);
    const { token, clientCertificateData: cert, clientKeyData: key } = this.status;
    return { authorization: token && `Bearer ${token}`, cert, key };
  }

  private async fromProvider(): Promise<Given> {
    const kubeConfig = await (this.kubeConfig ??= this.load());
    const options: RequestOptions = { headers: {} };
    await kubeConfig.applyToHTTPSOptions(options);
    return {
      authorization: options.headers?.Authorization,
      cert: options.cert?.toString(),
      key: options.key?.toString(),
    };
  }

  private async load(): Promise<KubeConfig> {
    const { KubeConfig } = await import('./client-node.js');
    const kubeConfig = new KubeConfig();
    const user = { name: this.user.name, authProvider: this.user.record('auth-provider') };
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

  /**
   * The exec section as the plugin protocol wants it (client.authentication.k8s.io): the program
   * learns what is asked of it from one variable.
   */
  private pluginCommand(): PluginCommand {
    const { command, args, env, apiVersion, provideClusterInfo } = this.user.record('exec') ?? {};
    if (typeof command !== 'string' || command === '') {
      throw new PluginFailure('has no command');
    }
    const info = {
      apiVersion,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        ...(provideClusterInfo === true && { cluster: this.clusterInfo() }),
      },
    };
    const variables = (Array.isArray(env) ? env : []) as { name: string; value: string }[];
    return {
      command: command.includes('/') ? besideFile(this.user.origin, command) : command,
      args: Array.isArray(args) ? args.map(String) : [],
      env: {
        ...Object.fromEntries(variables.map(({ name, value }) => [name, value])),
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      },
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
