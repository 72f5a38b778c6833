import { ContextField } from '#cluster';
import { RolloutsRequirement } from './rollouts.requirement.js';

/** The category of all tools of this lib. */
export const ARGO = {
  name: 'argo',
  description: 'Argo Rollouts: progressive delivery by canary and blue-green',
  sharedFields: [ContextField],
};

/** Every tool of this lib needs the custom resources of Argo Rollouts. */
export const REQUIRES = [RolloutsRequirement];
