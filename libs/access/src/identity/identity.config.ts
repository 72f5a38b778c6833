import type { ConfigType } from '@nestjs/config';
import { registerConfig, TextSetting } from '#tools';

/** As whom a context is asked: as its own user, or as the caller. */
export type IdentityMode = 'none' | 'impersonate' | 'passthrough';

class IdentityEnvironment {
  @TextSetting({
    isList: true,
    format: {
      pattern: /^([^,=\s]+=(none|impersonate|passthrough)(,|$))*$/,
      means: 'contexts and modes such as "prod=impersonate,staging=passthrough"',
    },
    description:
      'As whom each context is asked, by its name, or `*` for all others. `impersonate`: as the ' +
      'caller, with its groups, which the user of the kubeconfig must have the right to. ' +
      '`passthrough`: by the token of the caller. `none`: as the user of the kubeconfig.',
    otherwise: '`*=none`',
  })
  CLUSTER_IDENTITY = '';
}

/** As whom the contexts are asked. */
export const identityConfig = registerConfig('identity', IdentityEnvironment, (environment) => ({
  modes: new Map(
    environment.CLUSTER_IDENTITY.split(',')
      .filter(Boolean)
      .map((entry) => entry.split('=') as [string, IdentityMode]),
  ),
}));

export type IdentityConfig = ConfigType<typeof identityConfig>;
