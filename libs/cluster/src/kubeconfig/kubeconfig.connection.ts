import type { Programs } from '#cli';
import { ToolError } from '#tools';
import type { Connection, TlsOptions } from '../http/connection/connection.js';
import { EntryFields } from './entry-fields.js';
import type { KubeconfigEntry, Section } from './kubeconfig-document.js';
import type { Kubeconfig } from './kubeconfig.js';
import { PROXY_SCHEMES, SERVER_SCHEMES } from '../http/connection/parse-address.js';
import { PluginCredentials } from './plugin-credentials.js';

/** One context of a kubeconfig. */
export class KubeconfigConnection implements Connection {
  readonly server: URL;
  readonly namespace: string;
  readonly proxy: URL | undefined;
  readonly headers: Readonly<Record<string, string | string[]>>;
  private readonly cluster: EntryFields;
  private readonly user: EntryFields;
  private readonly plugin: PluginCredentials | undefined;
  private tlsOptions: TlsOptions | undefined;
  private basic: string | undefined;

  /** @throws ToolError `unavailable` naming entry and field, if the context cannot be used */
  constructor(
    kubeconfig: Kubeconfig,
    readonly name: string,
    programs: Programs,
  ) {
    const context = new EntryFields('context', find(kubeconfig, 'contexts', name, name));
    this.cluster = new EntryFields(
      'cluster',
      find(kubeconfig, 'clusters', context.required('cluster'), name),
    );
    // As with kubectl, a context may name no user: the API server then sees an anonymous one.
    const userName = context.text('user');
    this.user = new EntryFields(
      'user',
      userName ? find(kubeconfig, 'users', userName, name) : undefined,
    );
    this.server =
      this.cluster.url('server', SERVER_SCHEMES) ?? this.cluster.fail('server', 'is missing');
    this.proxy = this.cluster.url('proxy-url', PROXY_SCHEMES);
    this.namespace = context.text('namespace') ?? 'default';
    this.headers = impersonation(this.user);
    if (this.user.record('exec') || this.user.record('auth-provider')) {
      this.plugin = new PluginCredentials(programs, name, this.cluster, this.user);
    }
    const password = this.user.text('password');
    const username = this.user.text('username');
    if (username !== undefined) {
      this.basic = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
    }
  }

  get isAtHand(): boolean {
    return this.plugin?.isAnswered ?? true;
  }

  get problems(): string[] {
    return [...this.cluster.problems, ...this.user.problems];
  }

  tls(): TlsOptions | Promise<TlsOptions> {
    const fixed: TlsOptions = {
      ca: this.cluster.pem('certificate-authority'),
      cert: this.user.pem('client-certificate'),
      key: this.user.pem('client-key'),
      servername: this.cluster.text('tls-server-name'),
      rejectUnauthorized: !this.cluster.flag('insecure-skip-tls-verify'),
    };
    if (this.plugin && fixed.cert === undefined) {
      return this.plugin.credentials().then(({ cert, key }) => this.keep({ ...fixed, cert, key }));
    }
    return this.keep(fixed);
  }

  authorization(): string | undefined | Promise<string | undefined> {
    const token = this.user.file('tokenFile')?.read().trim() || this.user.text('token');
    if (token) return `Bearer ${token}`;
    return this.basic ?? this.plugin?.credentials().then((given) => given.authorization);
  }

  renew(): boolean {
    const tokenFile = this.user.file('tokenFile');
    tokenFile?.expire();
    this.plugin?.expire();
    return tokenFile !== undefined || this.plugin !== undefined;
  }

  private keep(options: TlsOptions): TlsOptions {
    const last = this.tlsOptions;
    const same =
      last && last.ca === options.ca && last.cert === options.cert && last.key === options.key;
    return same ? last : (this.tlsOptions = options);
  }
}

function find(
  kubeconfig: Kubeconfig,
  section: Section,
  name: string,
  context: string,
): KubeconfigEntry {
  const entry = kubeconfig.entry(section, name);
  if (entry) return entry;
  const message = `The context "${context}" of the kubeconfig names "${name}", which is not in "${section}".`;
  throw new ToolError('unavailable', message, { retryable: false });
}

function impersonation(user: EntryFields): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const name = user.text('as');
  if (name === undefined) return headers;
  headers['impersonate-user'] = name;
  const uid = user.text('as-uid');
  if (uid !== undefined) headers['impersonate-uid'] = uid;
  const groups = user.texts('as-groups');
  if (groups.length > 0) headers['impersonate-group'] = groups;
  for (const [key, values] of Object.entries(user.record('as-user-extra') ?? {})) {
    headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = [
      values,
    ].flat() as string[];
  }
  return headers;
}
