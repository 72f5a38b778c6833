import { Module } from '@nestjs/common';
import { ClusterModule, RolloutFollowers } from '#cluster';
import { AnalysisTools } from './analysis/analysis.tools.js';
import { RolloutVerbsTools } from './write/rollout-verbs.tools.js';
import { RolloutVersionsTools } from './write/rollout-versions.tools.js';
import { RolloutsRequirement } from './rollouts.requirement.js';
import { RolloutsTools } from './read/rollouts.tools.js';
import { followRollout } from './write/wait-for-rollout.js';

/** The Argo Rollouts tools. */
@Module({
  imports: [ClusterModule],
  providers: [
    AnalysisTools,
    RolloutsRequirement,
    RolloutsTools,
    RolloutVerbsTools,
    RolloutVersionsTools,
  ],
})
export class ArgoModule {
  constructor(followers: RolloutFollowers) {
    followers.add('rollouts.argoproj.io', followRollout);
  }
}
