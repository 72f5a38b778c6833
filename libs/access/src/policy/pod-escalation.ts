import { isRecord } from '#base';
import type { TextMatch } from './glob.js';

type Fields = Record<string, unknown>;

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/** Capabilities that a container may add. */
const CAPABILITIES = new Set(['NET_BIND_SERVICE']);

/**
 * Sysctls that each pod has for itself.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t']);

/**
 * The specs of pods in an object: its own, those of its templates, and those that a custom
 * resource keeps anywhere. A pod spec is what has a list of containers.
 */
export function podSpecsIn(object: unknown): Fields[] {
  const specs: Fields[] = [];
  const rest: unknown[] = [object].filter(isObject);
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    if (isRecord(value)) {
      const fields = value;
      if (CONTAINER_LISTS.some((list) => hasContainers(fields[list]))) specs.push(fields);
    }
    // One by one: a list may be longer than the arguments of a call.
    for (const part of Object.values(value as Fields)) if (isObject(part)) rest.push(part);
  }
  return specs;
}

/**
 * Why a pod would have rights beyond those of its containers; undefined if it would not. The rules
 * are the baseline of the Pod Security Standards, and its service account.
 * @param isListed tells of `namespace/name` whether pods may have that service account
 */
export function podEscalation(
  spec: Fields,
  namespace: string,
  isListed: TextMatch,
): string | undefined {
  return (
    hostOf(spec) ??
    securityOf(fieldsOf(spec.securityContext), 'the pod') ??
    volumeOf(spec) ??
    firstOf(CONTAINER_LISTS.flatMap((list) => listOf(spec[list])).map(containerOf)) ??
    serviceAccountOf(spec, namespace, isListed)
  );
}

function hostOf(spec: Fields): string | undefined {
  const field = ['hostNetwork', 'hostPID', 'hostIPC'].find((name) => spec[name] === true);
  return field && `the pod shares a namespace of the node (${field})`;
}

function volumeOf(spec: Fields): string | undefined {
  const volume = listOf(spec.volumes).find(({ hostPath }) => isSet(hostPath));
  return volume && `the pod mounts a folder of the node (hostPath, volume "${nameOf(volume)}")`;
}

function containerOf(container: Fields): string | undefined {
  const who = `container "${nameOf(container)}"`;
  const context = fieldsOf(container.securityContext);
  const added = fieldsOf(context.capabilities).add;
  const capability = (Array.isArray(added) ? added : [])
    .map(String)
    .find((name) => !CAPABILITIES.has(name));
  if (context.privileged === true) return `${who} is privileged`;
  if (capability !== undefined) return `${who} adds the capability ${capability}`;
  if (isOther(context.procMount, 'Default')) return `${who} sees all of /proc (procMount)`;
  const port = listOf(container.ports).find(({ hostPort }) => isSet(hostPort) && hostPort !== 0);
  if (port) return `${who} takes a port of the node (hostPort ${String(port.hostPort)})`;
  return securityOf(context, who);
}

/** What the security contexts of pods and of containers have in common. */
function securityOf(context: Fields, who: string): string | undefined {
  if (fieldsOf(context.windowsOptions).hostProcess === true) {
    return `${who} is a process of the node (hostProcess)`;
  }
  if (fieldsOf(context.seccompProfile).type === 'Unconfined') {
    return `${who} may use any system call (seccompProfile Unconfined)`;
  }
  if (fieldsOf(context.appArmorProfile).type === 'Unconfined') {
    return `${who} is not confined (appArmorProfile Unconfined)`;
  }
  const { user, role, type = '' } = fieldsOf(context.seLinuxOptions);
  if (isSet(user) || isSet(role) || !SELINUX_TYPES.has(String(type))) {
    return `${who} has its own SELinux user, role or type (seLinuxOptions)`;
  }
  const sysctl = listOf(context.sysctls).find(({ name }) => !SAFE_SYSCTLS.has(String(name)));
  return sysctl && `${who} changes the kernel of the node (sysctl ${nameOf(sysctl)})`;
}

function serviceAccountOf(
  spec: Fields,
  namespace: string,
  isListed: TextMatch,
): string | undefined {
  // The API server knows the field by its old name too.
  for (const name of [spec.serviceAccountName, spec.serviceAccount]) {
    if (!isSet(name) || name === 'default') continue;
    const account = `${namespace}/${String(name)}`;
    if (isListed(account)) continue;
    return `the pod has the service account ${account}, which serviceAccounts of the policy does not list`;
  }
  return undefined;
}

function hasContainers(value: unknown): boolean {
  return Array.isArray(value) && value.some(isRecord);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isOther(value: unknown, usual: string): boolean {
  return isSet(value) && value !== usual;
}

function firstOf(reasons: readonly (string | undefined)[]): string | undefined {
  return reasons.find((reason) => reason !== undefined);
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : [];
}

function nameOf({ name }: Fields): string {
  return typeof name === 'string' ? name : '?';
}
