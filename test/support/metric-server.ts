import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the analysis of a rollout asks for its metric. */
export interface MetricServer {
  url: string;
  /** The value that it answers with from now on. */
  value: number;
  close(): void;
}

/** Starts a small HTTP server that answers everything with `{"value": N}`. */
export async function startMetricServer(value: number): Promise<MetricServer> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ value: metric.value }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const metric: MetricServer = {
    url: `http://127.0.0.1:${port}/`,
    value,
    close: () => server.close(),
  };
  return metric;
}

/** An AnalysisTemplate that measures it once; it is good from 0.9 on. */
export function analysisTemplate(
  metadata: { namespace: string; name: string },
  url: string,
  spec: object = {},
): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisTemplate',
    metadata,
    spec: {
      metrics: [
        {
          name: 'success-rate',
          successCondition: 'result >= 0.9',
          provider: { web: { url, jsonPath: '{$.value}' } },
          ...spec,
        },
      ],
    },
  };
}
