import { isPhase, type Args, type LiveRollout } from './rollouts.js';

/** One verb on one rollout, by the plugin and by the tool, and what then has to be so. */
export interface Step {
  plugin: string[];
  tool: [name: string, args?: Args];
  reached: (rollout: LiveRollout) => unknown;
}

const at =
  (index: number, phase = 'Paused') =>
  ({ status }: LiveRollout) =>
    status.currentStepIndex === index && status.phase === phase;

const setImage = (image: string, reached: Step['reached']): Step => ({
  plugin: ['set', 'image', 'NAME', `app=${image}`],
  tool: ['argo_set_image', { image, container_name: 'app' }],
  reached,
});
const promote = (reached: Step['reached']): Step => ({
  plugin: ['promote', 'NAME'],
  tool: ['argo_promote'],
  reached,
});
const abort: Step = {
  plugin: ['abort', 'NAME'],
  tool: ['argo_abort_rollout'],
  reached: isPhase('Degraded'),
};
const undo = (reached: Step['reached'], revision?: number): Step => ({
  plugin: ['undo', 'NAME', ...(revision ? [`--to-revision=${revision}`] : [])],
  tool: ['argo_undo', { to_revision: revision }],
  reached,
});
const healthyWith =
  (image: string) =>
  ({ spec, status }: LiveRollout) =>
    status.phase === 'Healthy' && spec.template?.spec.containers[0]?.image === image;

/** What happens to each rollout, by its name. */
export const STORIES: Record<string, Step[]> = {
  web: [
    setImage('app:2', at(1)),
    promote(at(3)),
    promote(healthyWith('app:2')),
    setImage('app:3', at(1)),
    abort,
    {
      plugin: ['retry', 'rollout', 'NAME'],
      tool: ['argo_retry'],
      reached: at(1),
    },
    undo(healthyWith('app:2')),
    setImage('app:4', at(1)),
    {
      plugin: ['promote', 'NAME', '--full'],
      tool: ['argo_promote', { full: true }],
      reached: healthyWith('app:4'),
    },
    undo(at(1), 1),
    promote(at(3)),
    promote(healthyWith('app:1')),
    {
      plugin: ['restart', 'NAME'],
      tool: ['argo_rollout_restart'],
      reached: ({ spec, status }) => spec.restartAt && status.phase === 'Healthy',
    },
    {
      plugin: ['pause', 'NAME'],
      tool: ['argo_pause_rollout'],
      reached: ({ spec, status }) => spec.paused && status.phase === 'Paused',
    },
  ],
  // A promotion in the middle of a step skips it.
  measured: [setImage('app:2', at(1, 'Progressing')), promote(healthyWith('app:2'))],
  // One that waits for somebody to decide goes on to the next step.
  unsure: [setImage('app:2', at(1)), promote(at(2)), promote(healthyWith('app:2'))],
  green: [
    setImage('app:2', isPhase('Paused')),
    promote(healthyWith('app:2')),
    setImage('app:3', isPhase('Paused')),
    abort,
    undo(healthyWith('app:2')),
  ],
  referring: [
    setImage('app:2', at(1)),
    promote(isPhase('Healthy')),
    undo(at(1)),
    promote(isPhase('Healthy')),
  ],
};
