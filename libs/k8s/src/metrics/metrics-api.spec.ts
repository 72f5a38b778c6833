import { describe, expect, it } from 'vitest';
import { labCluster } from '../../fixtures/lab-cluster.js';
import { METRICS_API, readMetrics } from './metrics-api.js';

describe(readMetrics.name, () => {
  it('says that metrics-server is missing, and when to try again', async () => {
    const cluster = await labCluster((_, response) => {
      response.statusCode = 503;
      response.setHeader('retry-after', '120');
      response.end();
    });
    const { signal } = new AbortController();
    const reading = readMetrics(cluster, `${METRICS_API}/nodes`, undefined, undefined, signal);
    await expect(reading).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('needs metrics-server'),
      retryable: true,
      retryAfterSeconds: 120,
    });
  });
});
