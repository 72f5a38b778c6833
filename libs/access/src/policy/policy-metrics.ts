import { counter, gauge } from '#telemetry';

/** How often the policy file was read because it had changed. */
export const POLICY_LOADS = counter({
  name: 'skyflo.policy.loads',
  description: 'Changes of the policy file that were read, by whether they came into force.',
  unit: '{load}',
  labels: ['outcome'],
});

/** Whether the policy in force is what its file says. */
export const POLICY_IN_FORCE = gauge({
  name: 'skyflo.policy.in_force',
  description:
    '1 where the policy file is what is in force; 0 where it is wrong, and the policy before it holds.',
  unit: '1',
  labels: [],
});
