import { alignLines } from '#cluster';
import type { AnalysisRun, Measurement, Metric, MetricResult } from '../model/analysis.js';

const LABEL_WIDTH = 13;
/** Latest measurements shown of a metric; Argo Rollouts keeps ten by default. */
const MAX_MEASUREMENTS = 20;
const ENDED_BADLY = ['Failed', 'Error', 'Inconclusive'];

/**
 * An analysis run as text: where it stands, why it ended badly if it did, then each metric with its
 * measurements.
 */
export function analysisRunText({ metadata, spec, status }: AnalysisRun): string {
  const owner = metadata.ownerReferences?.[0];
  const fields: [string, string | undefined][] = [
    ['Name:', metadata.name],
    ['Namespace:', metadata.namespace],
    ['Of:', owner && `${owner.kind} ${owner.name}`],
    ['Status:', status?.phase ?? 'Pending'],
    ['Message:', status?.message],
    ['Started:', status?.startedAt],
    ['Completed:', status?.completedAt],
  ];
  const head = fields.flatMap(([label, value]) =>
    value ? [`${label.padEnd(LABEL_WIDTH)}${value}`] : [],
  );
  const metrics = spec.metrics ?? [];
  const why = reasonsOf({ metadata, spec, status });
  return [
    head.join('\n'),
    ...(why.length > 0 ? [['Why:', ...why.map((reason) => `  ${reason}`)].join('\n')] : []),
    ...metrics.map((metric) => metricText(metric, resultOf(status?.metricResults, metric))),
  ].join('\n\n');
}

/** Why a run did not succeed: a sentence for each metric that ended badly. */
export function reasonsOf({ spec, status }: AnalysisRun): string[] {
  return (spec.metrics ?? []).flatMap((metric) => {
    const result = resultOf(status?.metricResults, metric);
    if (!result || !ENDED_BADLY.includes(result.phase)) return [];
    const worst = result.measurements?.findLast(({ phase }) => phase === result.phase);
    const dryRun = result.dryRun ? ' (dry run: of no effect)' : '';
    return [`${metric.name}: ${result.phase}${dryRun}: ${reasonOf(metric, result, worst)}`];
  });
}

function reasonOf(metric: Metric, result: MetricResult, worst: Measurement | undefined): string {
  const limit = (allowed: Metric['failureLimit'], usual: number) => `${allowed ?? usual} allowed`;
  const [count, what] = {
    Failed: [result.failed, `failed, ${limit(metric.failureLimit, 0)}`],
    Error: [
      result.consecutiveError ?? result.error,
      `in a row could not be made, ${limit(metric.consecutiveErrorLimit, 4)}`,
    ],
    Inconclusive: [result.inconclusive, `were inconclusive, ${limit(metric.inconclusiveLimit, 0)}`],
  }[result.phase] ?? [0, ''];
  const value = worst?.value === undefined ? '' : `, the last with the value ${worst.value}`;
  const message = result.message ?? worst?.message;
  return [
    `${count ?? 0} measurements ${what}${value}`,
    ...conditionsOf(metric),
    ...(message ? [message] : []),
  ].join('; ');
}

function metricText(metric: Metric, result: MetricResult | undefined): string {
  const provider = Object.keys(metric.provider ?? {})[0];
  const asked = [
    ...(provider ? [`by ${provider}`] : []),
    ...(metric.interval ? [`every ${metric.interval}`] : []),
    ...(metric.count === undefined ? [] : [`${metric.count} times`]),
    ...conditionsOf(metric),
  ];
  const { successful = 0, failed = 0, inconclusive = 0, error = 0 } = result ?? {};
  const lines = [
    `Metric ${metric.name}: ${result?.phase ?? 'Pending'}${result?.dryRun ? ' (dry run)' : ''}`,
    ...(asked.length > 0 ? [`  Asked: ${asked.join('; ')}`] : []),
    `  Measured: ${successful} successful, ${failed} failed, ${inconclusive} inconclusive, ${error} errors`,
    ...(result?.message ? [`  Message: ${result.message}`] : []),
  ];
  const measurements = (result?.measurements ?? []).slice(-MAX_MEASUREMENTS);
  if (measurements.length === 0) return lines.join('\n');
  const rows = measurements.map(({ startedAt = '', phase, value = '', message = '' }) => [
    startedAt,
    phase,
    value,
    message,
  ]);
  const table = alignLines([['STARTED', 'STATUS', 'VALUE', 'MESSAGE'], ...rows]);
  return [...lines, ...table.map((line) => `  ${line.trimEnd()}`)].join('\n');
}

function conditionsOf({ successCondition, failureCondition }: Metric): string[] {
  return [
    ...(successCondition ? [`success if ${successCondition}`] : []),
    ...(failureCondition ? [`failure if ${failureCondition}`] : []),
  ];
}

function resultOf(results: readonly MetricResult[] = [], { name }: Metric) {
  return results.find((result) => result.name === name);
}
