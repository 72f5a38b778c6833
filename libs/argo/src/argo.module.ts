import { Module } from '@nestjs/common';
import { ClusterModule } from '#cluster';
import { AnalysisClient } from './analysis/analysis.client.js';
import { AnalysisTools } from './analysis/analysis.tools.js';
import { DescribeClient } from './read/describe.client.js';
import { HistoryClient } from './read/history.client.js';
import { ListClient } from './read/list.client.js';
import { RolloutVerbsTools } from './write/rollout-verbs.tools.js';
import { RolloutVersionsTools } from './write/rollout-versions.tools.js';
import { RolloutsRequirement } from './rollouts.requirement.js';
import { RolloutsTools } from './read/rollouts.tools.js';
import { SetImageClient } from './write/set-image.client.js';
import { StatusClient } from './read/status.client.js';
import { UndoClient } from './write/undo.client.js';
import { VerbsClient } from './write/verbs.client.js';

/** The Argo Rollouts tools. */
@Module({
  imports: [ClusterModule],
  providers: [
    AnalysisClient,
    AnalysisTools,
    DescribeClient,
    HistoryClient,
    ListClient,
    RolloutsRequirement,
    RolloutsTools,
    RolloutVerbsTools,
    RolloutVersionsTools,
    SetImageClient,
    StatusClient,
    UndoClient,
    VerbsClient,
  ],
})
export class ArgoModule {}
