import { metrics as api } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { counter } from './counter.js';
import { Metrics } from './exposition.js';
import { gauge } from './gauge.js';
import { histogram } from './histogram.js';
import { boundedNames, OTHER } from './names.js';
import { feedOpenTelemetry } from './open-telemetry.js';

const durations = histogram({
  name: 'demo.call.duration',
  description: 'How long calls take.',
  unit: 's',
  labels: ['gen_ai.tool.name', 'error.type'],
  buckets: [0.1, 1],
});
const answers = counter({
  name: 'demo.answers',
  description: 'What is answered.',
  unit: '{answer}',
  labels: ['door'],
});
const open = gauge({ name: 'demo.size', description: 'How large.', unit: 'By', labels: ['part'] });

async function shown(accept?: string): Promise<string[]> {
  // Not the same object: that would give the same text for a second.
  const { text } = await new Metrics().show(accept);
  return text.split('\n').filter((line) => line.includes('demo_') || line === '# EOF');
}

describe('instruments', () => {
  it('are shown with the names and units of Prometheus, without labels that are empty', async () => {
    durations.record(0.1, 'k8s_get', '');
    durations.record(0.5, 'k8s_get', '');
    durations.record(7, 'k8s_get', 'timeout');
    answers.add(2, 'rest');
    const unobserve = open.observe(() => [[4, 'file']]);
    open.observe(() => Promise.reject(new Error('It is away.')));
    expect(await shown()).toEqual([
      '# HELP demo_call_duration_seconds How long calls take.',
      '# TYPE demo_call_duration_seconds histogram',
      'demo_call_duration_seconds_bucket{gen_ai_tool_name="k8s_get",le="0.1"} 1',
      'demo_call_duration_seconds_bucket{gen_ai_tool_name="k8s_get",le="1"} 2',
      'demo_call_duration_seconds_bucket{gen_ai_tool_name="k8s_get",le="+Inf"} 2',
      'demo_call_duration_seconds_sum{gen_ai_tool_name="k8s_get"} 0.6',
      'demo_call_duration_seconds_count{gen_ai_tool_name="k8s_get"} 2',
      'demo_call_duration_seconds_bucket{gen_ai_tool_name="k8s_get",error_type="timeout",le="0.1"} 0',
      'demo_call_duration_seconds_bucket{gen_ai_tool_name="k8s_get",error_type="timeout",le="1"} 0',
      'demo_call_duration_seconds_bucket{gen_ai_tool_name="k8s_get",error_type="timeout",le="+Inf"} 1',
      'demo_call_duration_seconds_sum{gen_ai_tool_name="k8s_get",error_type="timeout"} 7',
      'demo_call_duration_seconds_count{gen_ai_tool_name="k8s_get",error_type="timeout"} 1',
      '# HELP demo_answers_total What is answered.',
      '# TYPE demo_answers_total counter',
      'demo_answers_total{door="rest"} 2',
      '# HELP demo_size_bytes How large.',
      '# TYPE demo_size_bytes gauge',
      'demo_size_bytes{part="file"} 4',
    ]);
    unobserve();
    expect(await shown()).not.toContain('demo_size_bytes{part="file"} 4');
  });

  it('have one name each', () => {
    expect(() => counter({ name: 'demo.answers', description: '', unit: '1', labels: [] })).toThrow(
      'Two instruments are called demo_answers_total.',
    );
  });

  it('count together what has too many labels', () => {
    const many = counter({ name: 'demo.many', description: '', unit: '1', labels: ['name'] });
    for (let index = 0; index < 3_000; index++) many.add(1, `name ${index}`);
    const samples = many.samples();
    expect(samples.length).toBe(2_001);
    expect(samples.at(-1)).toEqual({ labels: { name: OTHER }, value: 1_000 });
  });

  it('cost a call next to nothing', () => {
    const rounds = 200_000;
    const startedAt = performance.now();
    for (let index = 0; index < rounds; index++) durations.record(0.002, 'k8s_list', '');
    const microseconds = ((performance.now() - startedAt) * 1_000) / rounds;
    // A call takes 2,000. This is 0.2 on a machine that does nothing else.
    expect(microseconds).toBeLessThan(10);
  });
});

describe('OpenMetrics', () => {
  it('names counters in its own way, and leaves the other format as it is', async () => {
    const metrics = new Metrics();
    const type = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3';
    const [asked, plain] = [await metrics.show(type), await metrics.show('text/plain')];
    expect(asked.contentType).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(asked.text).toContain('# TYPE demo_answers counter\ndemo_answers_total{door="rest"} 2');
    expect(asked.text).toMatch(/# EOF\n$/);
    expect(plain.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(plain.text).toContain(
      '# TYPE demo_answers_total counter\ndemo_answers_total{door="rest"} 2',
    );
    expect(plain.text).toContain('process_cpu_seconds_total ');
  });

  it('is made once for all who ask at the same time', async () => {
    const metrics = new Metrics();
    const [one, other] = await Promise.all([metrics.show(), metrics.show()]);
    expect(other).toBe(one);
  });
});

describe(boundedNames.name, () => {
  it('keeps the first ones', () => {
    const name = boundedNames(2);
    expect(['a', 'b', 'c', 'a'].map(name)).toEqual(['a', 'b', OTHER, 'a']);
  });
});

describe(feedOpenTelemetry.name, () => {
  it('does nothing without an SDK, and hands on all that is recorded with one', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
    await feedOpenTelemetry('1.0.0');
    durations.record(1, 'before', '');
    api.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    await feedOpenTelemetry('1.0.0');
    durations.record(0.5, 'k8s_logs', '');
    answers.add(3, 'mcp');
    const unobserve = open.observe(() => [[8, 'wal']]);
    await reader.forceFlush();
    unobserve();
    const [scope] = exporter.getMetrics()[0]!.scopeMetrics;
    expect(scope!.scope).toMatchObject({ name: 'skyflo-mcp', version: '1.0.0' });
    const own = scope!.metrics.filter(({ descriptor }) => descriptor.name.startsWith('demo.'));
    const found = own.map(({ descriptor, dataPoints }) => ({
      name: descriptor.name,
      unit: descriptor.unit,
      points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
    }));
    expect(found).toMatchObject([
      {
        name: 'demo.call.duration',
        unit: 's',
        points: [
          {
            attributes: { 'gen_ai.tool.name': 'k8s_logs' },
            value: { count: 1, sum: 0.5, buckets: { boundaries: [0.1, 1], counts: [0, 1, 0] } },
          },
        ],
      },
      {
        name: 'demo.answers',
        unit: '{answer}',
        points: [{ attributes: { door: 'mcp' }, value: 3 }],
      },
      { name: 'demo.size', unit: 'By', points: [{ attributes: { part: 'wal' }, value: 8 }] },
    ]);
    expect(found[0]!.points).toHaveLength(1);
  });
});
