import {
  findObject,
  listAll,
  namespaceToList,
  printResources,
  stripManagedFields,
  type Cluster,
  type ListQuery,
} from '#cluster';
import type { ToolCall, ToolResult } from '#tools';
import { reasonsOf, analysisRunText } from './analysis-text.js';
import { cutNote, NOTE_CHARS } from '../read/cut-note.js';
import type { AnalysisRun, Experiment } from '../model/analysis.js';
import type { GetAnalysisRunDto } from './get-analysisrun.dto.js';
import type { ListAnalysisRunsDto } from './list-analysisruns.dto.js';
import type { ListExperimentsDto } from './list-experiments.dto.js';
import { ANALYSIS_RUNS, EXPERIMENTS } from '../model/resource-types.js';

/**
 * The experiments as `kubectl get` prints them, or those of one rollout in full, as JSON `{"items":
 * [...]}`.
 */
export async function listExperiments(
  cluster: Cluster,
  { rollout_name: rollout, ...where }: ListExperimentsDto,
  call: ToolCall,
): Promise<string> {
  const query = await queryOf(cluster, EXPERIMENTS, where, call);
  if (rollout === undefined) return print(cluster, query, call);
  const items = (await listAll<Experiment>(cluster, query, call.signal)).filter(({ metadata }) =>
    metadata.ownerReferences?.some(({ kind, name }) => kind === 'Rollout' && name === rollout),
  );
  return items.length === 0
    ? `No experiments of the rollout "${rollout}" found.`
    : JSON.stringify({ items: items.map(stripManagedFields) }, null, 2);
}

/** The analysis runs as `kubectl get` prints them. */
export async function listAnalysisRuns(
  cluster: Cluster,
  query: ListAnalysisRunsDto,
  call: ToolCall,
): Promise<string> {
  return print(cluster, await queryOf(cluster, ANALYSIS_RUNS, query, call), call);
}

/**
 * One analysis run with its metrics and measurements.
 * @throws ToolError `not_found` with the nearest names
 */
export async function getAnalysisRun(
  cluster: Cluster,
  { name, namespace }: GetAnalysisRunDto,
  { signal }: ToolCall,
): Promise<ToolResult> {
  const resource = await cluster.discovery.resolve(ANALYSIS_RUNS, signal);
  const hint = 'List them with argo_list_analysisruns.';
  const found = await findObject(cluster, { resource, name, namespace }, hint, signal);
  const run = found as AnalysisRun;
  const {
    phase = 'Pending',
    message,
    startedAt,
    completedAt,
    metricResults = [],
  } = run.status ?? {};
  return {
    output: analysisRunText(run),
    data: { name, phase, message, startedAt, completedAt, why: reasonsOf(run), metricResults },
  };
}

/** @throws ToolError `invalid_input` for a namespace given with all_namespaces */
async function queryOf(
  cluster: Cluster,
  type: string,
  where: ListAnalysisRunsDto,
  { signal }: ToolCall,
): Promise<ListQuery> {
  const namespace = namespaceToList(cluster, where);
  return { resource: await cluster.discovery.resolve(type, signal), namespace };
}

async function print(
  cluster: Cluster,
  query: ListQuery,
  { signal, maxOutputChars }: ToolCall,
): Promise<string> {
  const options = { format: 'wide' as const, maxChars: maxOutputChars - NOTE_CHARS, signal };
  const { text, truncated, ...printed } = await printResources(cluster, [query], options);
  return truncated ? `${text}\n${cutNote(query.resource, printed)}` : text;
}
