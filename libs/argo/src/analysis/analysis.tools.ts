import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { ARGO, REQUIRES } from '../argo.category.js';
import { GetAnalysisRunDto } from './get-analysisrun.dto.js';
import { ListAnalysisRunsDto } from './list-analysisruns.dto.js';
import { ListExperimentsDto } from './list-experiments.dto.js';
import { getAnalysisRun, listAnalysisRuns, listExperiments } from './analysis-reads.js';

/** Tools for analysis runs and experiments. */
@ToolProvider(ARGO)
export class AnalysisTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'argo_list_experiments',
    title: 'List Argo Experiments',
    description:
      'Lists experiments with their status, or shows those of one rollout in full. Use it to see which trial versions run beside a rollout.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { namespace: 'shop' },
    requires: REQUIRES,
  })
  async listExperiments(query: ListExperimentsDto, call: ToolCall): Promise<string> {
    return listExperiments(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_list_analysisruns',
    title: 'List Argo Analysis Runs',
    description:
      'Lists analysis runs with their status. Use it to find the run that made a rollout stop; argo_get_analysisrun says why.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { namespace: 'shop' },
    requires: REQUIRES,
  })
  async listAnalysisRuns(query: ListAnalysisRunsDto, call: ToolCall): Promise<string> {
    return listAnalysisRuns(this.clusters.of(call), query, call);
  }

  @Tool({
    name: 'argo_get_analysisrun',
    title: 'Get Argo Analysis Run',
    description:
      'Shows an analysis run: its metrics with their conditions and limits, each measurement with its value, and why it failed if it did. argo_list_analysisruns and argo_describe name the runs.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'catalog-7764df67ff-2-1', namespace: 'shop' },
    requires: REQUIRES,
  })
  async getAnalysisRun(query: GetAnalysisRunDto, call: ToolCall): Promise<ToolResult> {
    return getAnalysisRun(this.clusters.of(call), query, call);
  }
}
