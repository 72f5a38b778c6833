import type { ConfigType } from '@nestjs/config';
import { IntSetting, registerConfig } from '#tools';

class K8sEnvironment {
  @IntSetting({ min: 0, description: 'Most port forwards that are open at the same time.' })
  K8S_MAX_PORT_FORWARDS = 20;

  @IntSetting({
    min: 64,
    description: 'Memory in MB above which a `kubectl` (for `k8s_describe`) is ended.',
  })
  K8S_KUBECTL_MAX_MEMORY_MB = 512;
}

/** The limits of the Kubernetes tools. */
export const k8sConfig = registerConfig('k8s', K8sEnvironment, (environment) => ({
  maxPortForwards: environment.K8S_MAX_PORT_FORWARDS,
  kubectlMaxMemoryMb: environment.K8S_KUBECTL_MAX_MEMORY_MB,
}));

export type K8sConfig = ConfigType<typeof k8sConfig>;
