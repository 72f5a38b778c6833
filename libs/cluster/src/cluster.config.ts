import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { registerAs, type ConfigType } from '@nestjs/config';
import { IsString } from 'class-validator';
import { readConfig, VERSION } from '#tools';

class ClusterEnvironment {
  @IsString()
  KUBECONFIG = '';

  @IsString()
  KUBERNETES_SERVICE_HOST = '';

  @IsString()
  KUBERNETES_SERVICE_PORT = '443';
}

/**
 * `KUBECONFIG`: kubeconfig files, separated as in `PATH`; the default is `~/.kube/config`.
 * `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` are set by Kubernetes in every pod.
 */
export const clusterConfig = registerAs('cluster', () => {
  const environment = readConfig(ClusterEnvironment);
  const paths = environment.KUBECONFIG.split(delimiter).filter((path) => path !== '');
  return {
    kubeconfigPaths: paths.length > 0 ? paths : [join(homedir(), '.kube', 'config')],
    inCluster: environment.KUBERNETES_SERVICE_HOST
      ? {
          host: environment.KUBERNETES_SERVICE_HOST,
          port: environment.KUBERNETES_SERVICE_PORT,
          serviceAccountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
        }
      : undefined,
    userAgent: `skyflo-mcp/${VERSION}`,
  };
});

export type ClusterConfig = ConfigType<typeof clusterConfig>;
