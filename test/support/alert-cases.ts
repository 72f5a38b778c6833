/** Series by name and labels, with what they are every minute, as promtool writes them. */
export type Series = Record<string, string>;

/** A server that is well: no alert fires. */
const HEALTHY: Series = {
  'up{}': '1x60',
  'skyflo_build_info{version="1.0.0"}': '1x60',
  'process_start_time_seconds{}': '1700000000x60',
  'process_resident_memory_bytes{}': '150000000x60',
  'nodejs_eventloop_lag_p99_seconds{}': '0.01x60',
  'skyflo_context_up{context="production"}': '1x60',
  'skyflo_store_up{part="executions"}': '1x60',
  'skyflo_policy_in_force{}': '1x60',
  'skyflo_executions_waiting{category="helm"}': '0x60',
  'skyflo_cluster_request_duration_seconds_count{context="production",code="200"}': '0+60x60',
  'skyflo_tool_call_duration_seconds_count{gen_ai_tool_name="k8s_get",outcome="success"}':
    '0+60x60',
};

const calls = (outcome: string) =>
  `skyflo_tool_call_duration_seconds_count{gen_ai_tool_name="k8s_get",outcome="${outcome}"}`;
const requests = (bound: string) =>
  `skyflo_cluster_request_duration_seconds_bucket{context="production",verb="list",le="${bound}"}`;

/** What differs from a server that is well, by the one alert that fires for it. */
export const ALERT_CASES: Record<string, Series> = {
  SkyfloDown: { 'up{}': '0x60' },
  SkyfloRestarting: { 'process_start_time_seconds{}': '1700000000+60x60' },
  SkyfloContextUnreachable: { 'skyflo_context_up{context="production"}': '0x60' },
  SkyfloContextFailing: {
    'skyflo_cluster_request_duration_seconds_count{context="production",code="503"}': '0+20x60',
  },
  SkyfloContextSlow: {
    [requests('1')]: '0x60',
    [requests('5')]: '0+60x60',
    [requests('+Inf')]: '0+60x60',
  },
  SkyfloBug: { [calls('internal')]: '_x28 1x40' },
  SkyfloCallsWaiting: { 'skyflo_executions_waiting{category="helm"}': '20x60' },
  SkyfloCallsTurnedAway: { [calls('busy')]: '0+20x60' },
  SkyfloEventLoopSlow: { 'nodejs_eventloop_lag_p99_seconds{}': '0.5x60' },
  SkyfloMemoryHigh: { 'process_resident_memory_bytes{}': '2000000000x60' },
  SkyfloStoreFailing: { 'skyflo_store_up{part="executions"}': '0x60' },
  SkyfloPolicyNotInForce: { 'skyflo_policy_in_force{}': '0x60' },
  SkyfloManyRefusals: { [calls('forbidden')]: '0+5x60' },
};

/** Bugs after the first one, of the same tool; and nobody who scrapes at all. */
const MORE_CASES: [alert: string | undefined, series: Series][] = [
  [undefined, HEALTHY],
  ['SkyfloBug', { ...HEALTHY, [calls('internal')]: '1x28 2x40' }],
  ['SkyfloDown', { 'up{job="other"}': '1x60' }],
];

/**
 * A file for `promtool test rules`, in which each case has to bring about its alert and no other.
 */
export function alertTests(rules: string): object {
  const cases = Object.entries(ALERT_CASES).map(
    ([alert, series]) => [alert, { ...HEALTHY, ...series }] as const,
  );
  return {
    rule_files: [rules],
    evaluation_interval: '1m',
    tests: [...cases, ...MORE_CASES].map(([alert, series]) => ({
      name: alert ?? 'well',
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({
        series: name.includes('job=') ? name : name.replace('{', '{job="skyflo-mcp",instance="a",'),
        values,
      })),
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: '30m',
          exp_samples: alert === undefined ? [] : [{ labels: `{alertname="${alert}"}`, value: 1 }],
        },
      ],
    })),
  };
}
