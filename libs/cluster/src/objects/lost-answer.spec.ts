import { afterEach, describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { CONFIG_MAPS } from '../../fixtures/config-maps.js';
import { HttpLab, status } from '../../fixtures/http-lab.js';
import { withFateOfChange, withFateOfDeletion } from './lost-answer.js';

const lab = new HttpLab();
afterEach(() => lab.close());

const ref = { resource: CONFIG_MAPS, namespace: 'shop', name: 'site' };

describe('the failure of a write whose answer was lost', () => {
  it('tells what a look at the object shows, and loses no field', async () => {
    const cluster = await lab.clusterTo((_, response) => {
      response.statusCode = 404;
      response.end(status(404, 'NotFound', 'not found'));
    });
    const fields = {
      retryable: false,
      errors: [{ field: 'patch', message: 'is wrong' }],
      output: 'what was done',
      retryAfterSeconds: 7,
      isOutcomeUnknown: true,
    };
    const lost = new ToolError('timeout', 'No answer.', fields);
    const change = { sentAt: Date.now(), patch: {} };
    expect(await withFateOfChange(cluster, ref, lost, change)).toMatchObject({
      code: 'timeout',
      message: 'No answer. It is not there now.',
      ...fields,
    });
    expect(await withFateOfDeletion(cluster, ref, lost)).toMatchObject({
      message: 'No answer. It is gone now.',
      ...fields,
    });
  });

  /** What a look tells of a patch, where the same field manager has just set `spec.replicas`. */
  async function told(patch: object): Promise<string> {
    const time = new Date().toISOString();
    const fieldsV1 = { 'f:spec': { 'f:replicas': {} } };
    const object = {
      kind: 'ConfigMap',
      metadata: {
        resourceVersion: '2',
        managedFields: [{ manager: 'skyflo-mcp', time, fieldsV1 }],
      },
      spec: { replicas: 3 },
    };
    const cluster = await lab.clusterTo((_, response) => response.end(JSON.stringify(object)));
    const lost = new ToolError('timeout', 'No answer.', { isOutcomeUnknown: true });
    const failure = await withFateOfChange(cluster, ref, lost, { sentAt: Date.now(), patch });
    return (failure as ToolError).message;
  }

  it.each([
    [{ spec: { replicas: 3 } }, /It most likely was: the object now matches it\.$/],
    [
      { spec: { replicas: 4 } },
      /skyflo-mcp last changed these fields at .*, but the object does not/,
    ],
    [{ spec: { paused: true } }, /The object shows no change by skyflo-mcp yet\.$/],
    [
      { metadata: { resourceVersion: '2' }, spec: { replicas: 4 } },
      /The object shows no change by skyflo-mcp yet\.$/,
    ],
    [
      { metadata: { resourceVersion: '1' }, spec: { paused: true } },
      /The object has changed since, perhaps by this change\./,
    ],
  ])('judges the change %j by its own fields', async (patch, message) => {
    expect(await told(patch)).toMatch(message);
  });
});
