import { describe, expect, it } from 'vitest';
import type { ToolCall } from '#tools';
import { labCluster } from '../../fixtures/lab-cluster.js';
import type { RunPodDto } from './run-pod.dto.js';
import { runPod } from './run-pod.js';

const QUERY: RunPodDto = {
  name: 'check',
  namespace: 'shop',
  image: 'busybox',
  restart_policy: 'never',
  wait: true,
  remove: true,
  timeout_seconds: 5,
};

describe(runPod.name, () => {
  it('looks for its pod after a proxy has answered 504, and loses no field of the failure', async () => {
    const methods: string[] = [];
    const cluster = await labCluster(({ method = '' }, response) => {
      methods.push(method);
      if (method === 'POST') {
        response.statusCode = 504;
        response.setHeader('retry-after', '7');
        response.end('gateway timeout');
        return;
      }
      const metadata = { name: 'check', namespace: 'shop', uid: '1', resourceVersion: '1' };
      response.end(JSON.stringify({ kind: 'Pod', metadata, spec: { containers: [] } }));
    });
    const call = {
      signal: new AbortController().signal,
      progress: () => undefined,
      maxKeptChars: 1_000,
      shared: {},
    } as unknown as ToolCall;
    await expect(runPod(cluster, QUERY, call)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('The pod was not created: another has its name.'),
      retryable: false,
      retryAfterSeconds: 7,
      isOutcomeUnknown: true,
    });
    expect(methods).toEqual(['POST', 'GET']);
  });
});
