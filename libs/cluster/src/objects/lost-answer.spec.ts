import { afterEach, describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { HttpLab, status } from '../../fixtures/http-lab.js';
import { ApiResource } from '../discovery/api-resource.js';
import { withFateOfChange, withFateOfDeletion } from './lost-answer.js';

const lab = new HttpLab();
afterEach(() => lab.close());

const resource = new ApiResource({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  namespaced: true,
  shortNames: [],
  verbs: ['get'],
  categories: [],
  subresources: [],
});
const ref = { resource, namespace: 'shop', name: 'site' };

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
});
