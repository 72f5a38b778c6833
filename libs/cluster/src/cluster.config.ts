import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig, TextSetting, VERSION } from '#tools';

class ClusterEnvironment {
  @TextSetting({
    description: 'Kubeconfig files, separated as in `PATH`. Their contexts are merged.',
    otherwise: '`~/.kube/config`',
  })
  KUBECONFIG = '';

  @TextSetting({
    description:
      "Set by Kubernetes in every pod. The pod's service account is then the context `in-cluster`, " +
      'beside those of the kubeconfig.',
  })
  KUBERNETES_SERVICE_HOST = '';

  @TextSetting({
    description: 'Set by Kubernetes in every pod, with the host above.',
    format: { pattern: /^\d{1,5}$/, means: 'a port' },
  })
  KUBERNETES_SERVICE_PORT = '443';

  @TextSetting({
    description: 'Folder of the service account: `token`, `ca.crt` and `namespace`.',
  })
  SERVICE_ACCOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

  @TextSetting({
    description: 'Context of calls that name none.',
    otherwise: 'the current context of the kubeconfig',
  })
  DEFAULT_CONTEXT = '';

  @IntSetting({
    description: 'Bytes of answers of all clusters that are read at a time.',
    min: 1024 * 1024,
  })
  MAX_CLUSTER_READ_BYTES = 512 * 1024 * 1024;
}

/** Where the server finds its clusters. */
export const clusterConfig = registerConfig('cluster', ClusterEnvironment, (environment) => {
  const paths = environment.KUBECONFIG.split(delimiter).filter((path) => path !== '');
  return {
    kubeconfigPaths: paths.length > 0 ? paths : [join(homedir(), '.kube', 'config')],
    inCluster: environment.KUBERNETES_SERVICE_HOST
      ? {
          host: environment.KUBERNETES_SERVICE_HOST,
          port: environment.KUBERNETES_SERVICE_PORT,
          serviceAccountPath: environment.SERVICE_ACCOUNT_PATH,
        }
      : undefined,
    defaultContext: environment.DEFAULT_CONTEXT || undefined,
    maxReadBytes: environment.MAX_CLUSTER_READ_BYTES,
    userAgent: `skyflo-mcp/${VERSION}`,
  };
});

export type ClusterConfig = ConfigType<typeof clusterConfig>;
