import type { ConfigType } from '@nestjs/config';
import { registerConfig, TextSetting } from '#tools';

class PolicyEnvironment {
  @TextSetting({
    description:
      'Who may do what: the path of a policy file, or a ready policy for everyone (`read-only`, ' +
      '`operator`, `admin`). A change of the file takes effect within seconds. See ' +
      '[policy.md](policy.md).',
    otherwise: '`operator` for the token of this machine, `read-only` for everyone else',
  })
  POLICY_FILE = '';
}

/** Where the policy is. */
export const policyConfig = registerConfig('policy', PolicyEnvironment, (environment) => ({
  file: environment.POLICY_FILE,
}));

export type PolicyConfig = ConfigType<typeof policyConfig>;
