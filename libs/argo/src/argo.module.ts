import { Module } from '@nestjs/common';
import { ClusterModule } from '#cluster';
import { AnalysisClient } from './analysis.client.js';
import { AnalysisTools } from './analysis.tools.js';
import { DescribeClient } from './describe.client.js';
import { HistoryClient } from './history.client.js';
import { ListClient } from './list.client.js';
import { RolloutVerbsTools } from './rollout-verbs.tools.js';
import { RolloutVersionsTools } from './rollout-versions.tools.js';
import { RolloutsRequirement } from './rollouts.requirement.js';
import { RolloutsTools } from './rollouts.tools.js';
import { SetImageClient } from './set-image.client.js';
import { StatusClient } from './status.client.js';
import { UndoClient } from './undo.client.js';
import { VerbsClient } from './verbs.client.js';

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
