import { registerAs, type ConfigType } from '@nestjs/config';
import { IsInt, Min } from 'class-validator';
import { readConfig } from '#tools';

class K8sEnvironment {
  @IsInt()
  @Min(0)
  K8S_MAX_PORT_FORWARDS = 20;

  @IsInt()
  @Min(64)
  K8S_KUBECTL_MAX_MEMORY_MB = 512;
}

/**
 * `K8S_MAX_PORT_FORWARDS`: most port forwards that are open at once.
 * `K8S_KUBECTL_MAX_MEMORY_MB`: the memory from which a kubectl is ended.
 */
export const k8sConfig = registerAs('k8s', () => {
  const environment = readConfig(K8sEnvironment);
  return {
    maxPortForwards: environment.K8S_MAX_PORT_FORWARDS,
    kubectlMaxMemoryMb: environment.K8S_KUBECTL_MAX_MEMORY_MB,
  };
});

export type K8sConfig = ConfigType<typeof k8sConfig>;
