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
    description: 'Lists experiments, or shows those of one rollout in full.',
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
    description: 'Lists analysis runs. argo_get_analysisrun says why one failed.',
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
    description: 'Shows metrics, limits and measurements, and why the analysis failed.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { name: 'catalog-7764df67ff-2-1', namespace: 'shop' },
    requires: REQUIRES,
  })
  async getAnalysisRun(query: GetAnalysisRunDto, call: ToolCall): Promise<ToolResult> {
    return getAnalysisRun(this.clusters.of(call), query, call);
  }
}
