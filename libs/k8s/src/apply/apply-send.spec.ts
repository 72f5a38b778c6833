import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../../cluster/fixtures/config-maps.js';
import { labCluster } from '../../fixtures/lab-cluster.js';
import type { LiveObjects } from './apply-live.js';
import { sendApply } from './apply-send.js';

describe(sendApply.name, () => {
  it('says which of its two writes was made, and loses no field of the failure', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'site' } };
    const cluster = await labCluster(({ method, headers }, response) => {
      const isApply = headers['content-type']?.startsWith('application/apply-patch');
      if (method === 'PATCH' && isApply) {
        response.statusCode = 504;
        response.setHeader('retry-after', '7');
        response.end('gateway timeout');
        return;
      }
      response.end(JSON.stringify(object));
    });
    const item = {
      resource: CONFIG_MAPS,
      namespace: 'shop',
      name: 'site',
      label: 'configmap/site',
      place: 'document 1 (line 1)',
      object,
    };
    const checked = {
      before: object,
      after: object,
      manifest: object,
      version: '1',
      isNeeded: true,
      force: false,
      upgraded: [],
      removed: [],
    };
    const { signal } = new AbortController();
    const options = { force: false, prune: false, signal };
    const sending = sendApply(cluster, item, checked, {} as LiveObjects, options, signal);
    await expect(sending).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('are managed by "skyflo-mcp" now.'),
      retryable: false,
      retryAfterSeconds: 7,
      isOutcomeUnknown: true,
    });
  });
});
