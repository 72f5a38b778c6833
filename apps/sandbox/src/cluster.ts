import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessSpec } from './processes.js';
import { type ClusterLayout, type Ports, recordFile } from './record.js';

/** The processes of a sandbox, in the order in which `status` shows them. */
export type ProcessName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kwok'
  | 'metrics-server'
  | 'rollouts-controller'
  | 'containers';

/** The kinds of kwok that are served from the cluster. */
export const kwokKinds = [
  'Stage',
  'Logs',
  'ClusterLogs',
  'Exec',
  'ClusterExec',
  'Attach',
  'PortForward',
  'ClusterPortForward',
  'ResourceUsage',
  'ClusterResourceUsage',
  'Metric',
];

/**
 * High enough that the creation of thousands of pods is not held up by the clients' own throttle.
 */
const throttle = ['--kube-api-qps=500', '--kube-api-burst=1000'];

/** The command line of every process. */
export function clusterProcesses({ stateDir, binDir, ports }: ClusterLayout) {
  const kubeconfig = join(stateDir, 'kubeconfig');
  const pki = (file: string) => join(stateDir, 'pki', file);
  const url = (port: keyof Ports) => `https://127.0.0.1:${ports[port]}`;
  const serving = [
    `--tls-cert-file=${pki('serving.crt')}`,
    `--tls-private-key-file=${pki('serving.key')}`,
  ];
  const specs: (Omit<ProcessSpec<ProcessName>, 'program'> & { program?: string })[] = [
    {
      name: 'etcd',
      port: ports.etcd,
      args: [
        `--data-dir=${join(stateDir, 'etcd')}`,
        `--listen-client-urls=${url('etcd')}`,
        `--advertise-client-urls=${url('etcd')}`,
        `--listen-peer-urls=${url('etcd-peer')}`,
        `--initial-advertise-peer-urls=${url('etcd-peer')}`,
        `--initial-cluster=default=${url('etcd-peer')}`,
        ...['', 'peer-'].flatMap((side) => [
          `--${side}cert-file=${pki('serving.crt')}`,
          `--${side}key-file=${pki('serving.key')}`,
          `--${side}trusted-ca-file=${pki('ca.crt')}`,
          `--${side}client-cert-auth`,
        ]),
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
    },
    {
      name: 'kube-apiserver',
      port: ports['kube-apiserver'],
      args: [
        '--bind-address=127.0.0.1',
        '--advertise-address=127.0.0.1',
        // A loopback address is refused as an endpoint, and nothing here needs that endpoint.
        '--endpoint-reconciler-type=none',
        `--secure-port=${ports['kube-apiserver']}`,
        ...serving,
        `--client-ca-file=${pki('ca.crt')}`,
        `--etcd-servers=${url('etcd')}`,
        `--etcd-cafile=${pki('ca.crt')}`,
        `--etcd-certfile=${pki('admin.crt')}`,
        `--etcd-keyfile=${pki('admin.key')}`,
        `--kubelet-client-certificate=${pki('admin.crt')}`,
        `--kubelet-client-key=${pki('admin.key')}`,
        '--authorization-mode=Node,RBAC',
        '--service-cluster-ip-range=10.0.0.0/24',
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${pki('service-account.pub')}`,
        `--service-account-signing-key-file=${pki('service-account.key')}`,
        `--requestheader-client-ca-file=${pki('ca.crt')}`,
        '--requestheader-allowed-names=front-proxy',
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-username-headers=X-Remote-User',
        `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
        `--proxy-client-key-file=${pki('front-proxy.key')}`,
        // The warnings of the demo's broken pods should still be there after a weekend.
        '--event-ttl=168h',
      ],
    },
    {
      name: 'kube-controller-manager',
      args: [
        ...threeKubeconfigs(kubeconfig),
        '--leader-elect=false',
        '--secure-port=0',
        `--root-ca-file=${pki('ca.crt')}`,
        `--service-account-private-key-file=${pki('service-account.key')}`,
        ...throttle,
      ],
    },
    {
      name: 'kube-scheduler',
      args: [
        ...threeKubeconfigs(kubeconfig),
        '--leader-elect=false',
        '--secure-port=0',
        ...throttle,
      ],
    },
    {
      name: 'kwok',
      port: ports.kwok,
      args: [
        `--kubeconfig=${kubeconfig}`,
        '--manage-all-nodes=true',
        `--server-address=127.0.0.1:${ports.kwok}`,
        '--node-ip=127.0.0.1',
        `--node-port=${ports.kwok}`,
        ...serving,
        '--v=WARN',
        `--enable-crds=${kwokKinds.join(',')}`,
      ],
    },
    {
      name: 'metrics-server',
      port: ports['metrics-server'],
      args: [
        ...threeKubeconfigs(kubeconfig),
        '--bind-address=127.0.0.1',
        `--secure-port=${ports['metrics-server']}`,
        ...serving,
        '--kubelet-insecure-tls',
        '--kubelet-preferred-address-types=InternalIP',
        '--kubelet-use-node-status-port',
        '--metric-resolution=15s',
      ],
    },
    {
      name: 'rollouts-controller',
      port: ports['rollouts-metrics'],
      args: [
        `--kubeconfig=${kubeconfig}`,
        '--leader-elect=false',
        `--metricsPort=${ports['rollouts-metrics']}`,
        `--healthzPort=${ports['rollouts-health']}`,
        '--loglevel=warn',
      ],
    },
    {
      name: 'containers',
      port: ports.containers,
      program: process.execPath,
      args: [fileURLToPath(new URL('containers/main.js', import.meta.url)), recordFile(stateDir)],
    },
  ];
  return specs.map((spec) => ({ ...spec, program: spec.program ?? join(binDir, spec.name) }));
}

function threeKubeconfigs(kubeconfig: string): string[] {
  return ['', 'authentication-', 'authorization-'].map((use) => `--${use}kubeconfig=${kubeconfig}`);
}
