import { ContextField } from '#cluster';
import { RolloutsRequirement } from './rollouts.requirement.js';

/** The category of all tools of this lib. */
export const ARGO = {
  name: 'argo',
  description: 'Argo Rollouts: progressive delivery by canary and blue-green',
  sharedFields: [ContextField],
  // The tools in the order in which clients show them. One that is not listed comes after these.
  order: [
    'argo_list_rollouts',
    'argo_promote',
    'argo_pause_rollout',
    'argo_resume_rollout',
    'argo_abort_rollout',
    'argo_set_image',
    'argo_rollout_restart',
    'argo_status',
    'argo_history',
    'argo_undo',
    'argo_describe',
    'argo_list_experiments',
    'argo_list_analysisruns',
    'argo_retry',
    'argo_get_analysisrun',
  ],
};

/** Every tool of this lib needs the custom resources of Argo Rollouts. */
export const REQUIRES = [RolloutsRequirement];
