import { registerAs, type ConfigType } from '@nestjs/config';
import { IsInt, Min } from 'class-validator';
import { readConfig } from '#tools';

class K8sEnvironment {
  @IsInt()
  @Min(0)
  K8S_MAX_PORT_FORWARDS = 20;
}

/** `K8S_MAX_PORT_FORWARDS`: most port forwards that are open at once. */
export const k8sConfig = registerAs('k8s', () => {
  const environment = readConfig(K8sEnvironment);
  return { maxPortForwards: environment.K8S_MAX_PORT_FORWARDS };
});

export type K8sConfig = ConfigType<typeof k8sConfig>;
