import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRead, isWrite } from './support/api-gate.js';
import { kubectl } from './support/kubectl.js';
import { createObjects } from './support/manifest.js';
import { canary } from './support/rollouts.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('lost-answers');
const door = useGate();
const server = useServer({ env: door.env });

const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const DOUBT = 'The change may or may not have been made.';
const where = { namespace: own.name };
const web = { ...where, name: 'web', resource_type: 'deployment' };
const map = (value: string) =>
  `{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: ${own.name}}, data: {key: ${value}}}`;

const NODE = 'lost-answers-node';
const JSON_PATCH = '[{"op":"add","path":"/metadata/labels/a","value":"k"}]';

beforeAll(async () => {
  await own.kubectl('create', 'deployment', 'web', '--image=nginx:1');
  await createObjects(
    canary({ namespace: own.name, name: 'rollout' }, [{ setWeight: 25 }, { pause: {} }]),
    { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE } },
  );
  await own.kubectl('wait', 'rollout/rollout', '--for=jsonpath={.status.phase}=Healthy');
});
afterAll(() => kubectl('delete', 'node', NODE));

describe('a change whose answer something on the way has replaced', () => {
  beforeEach(async () => {
    await own.kubectl('delete', 'configmap', 'settings', '--ignore-not-found');
    await own.kubectl('create', 'configmap', 'settings', '--from-literal=key=old');
  });

  it.each<[string, number, string, Record<string, unknown>]>([
    ['k8s_scale', 502, HTML, { ...web, replicas: 2 }],
    [
      'k8s_patch',
      503,
      'no healthy upstream',
      { ...web, patch: '{"metadata":{"labels":{"a":"b"}}}' },
    ],
    ['k8s_patch', 504, '', { ...web, patch: '{"metadata":{"labels":{"a":"c"}}}' }],
    ['k8s_patch', 500, 'oops', { ...web, patch: '{"metadata":{"labels":{"a":"d"}}}' }],
    [
      'k8s_patch',
      200,
      '{"kind":"Deployment","metad',
      { ...web, patch: '{"metadata":{"labels":{"a":"e"}}}' },
    ],
    ['k8s_patch', 200, HTML, { ...web, patch: '{"metadata":{"labels":{"a":"f"}}}' }],
    ['k8s_patch', 200, '{}', { ...web, patch: '{"metadata":{"labels":{"a":"g"}}}' }],
    ['k8s_patch', 200, 'null', { ...web, patch: '{"metadata":{"labels":{"a":"h"}}}' }],
    ['k8s_patch', 403, HTML, { ...web, patch: '{"metadata":{"labels":{"a":"i"}}}' }],
    ['k8s_patch', 302, '', { ...web, patch: '{"metadata":{"labels":{"a":"j"}}}' }],
    ['k8s_patch', 422, HTML, { ...web, patch_type: 'json', patch: JSON_PATCH }],
    ['k8s_run_pod', 502, HTML, { ...where, name: 'lost', image: 'busybox:1.37' }],
    ['k8s_cordon', 502, HTML, { node_name: NODE }],
    ['argo_set_image', 502, HTML, { ...where, name: 'rollout', image: 'app=app:2' }],
    ['argo_pause_rollout', 503, 'no healthy upstream', { ...where, name: 'rollout' }],
    ['k8s_rollout_restart', 502, HTML, web],
    [
      'k8s_set_image',
      502,
      HTML,
      {
        ...where,
        resource_name: 'web',
        resource_type: 'deployment',
        container_images: 'nginx=nginx:2',
      },
    ],
  ])('%s, answered with %i %j: a look tells that it was made', async (tool, status, body, args) => {
    door.gate.replace(isWrite, status, body);
    const answer = await server.call(tool, args);
    expect(answer.body['retryable']).toBe(false);
    expect(answer.body.detail).toContain(DOUBT);
    expect(answer.body.detail).toContain('It most likely was: the object now matches it.');
    expect(answer.body.detail).not.toContain('<html>');
  });

  it('an apply does not say that nothing was applied', async () => {
    door.gate.replace(isWrite, 502, HTML);
    const { body } = await server.call('k8s_apply', { content: map('new'), force_conflicts: true });
    expect(body['retryable']).toBe(false);
    expect(body.detail).toContain(DOUBT);
    expect(body.detail).not.toContain('Nothing was applied');
    expect(body.detail).not.toContain('None of');
    expect(await own.stored('configmap/settings', '{.data.key}')).toBe('new');
  });

  it('a deletion tells that the object is gone', async () => {
    door.gate.replace(isWrite, 502, HTML);
    const args = { ...where, name: 'settings', resource_type: 'configmap' };
    const { body } = await server.call('k8s_delete', args);
    expect(body).toMatchObject({
      retryable: false,
      detail: expect.stringContaining(`${DOUBT} It is gone now.`) as string,
    });
  });

  it('a change that did not reach the API server is seen not to be there', async () => {
    await own.kubectl('create', 'configmap', 'untouched');
    door.gate.before(isWrite, () => Promise.reject(new Error('lost')));
    const args = {
      ...where,
      name: 'untouched',
      resource_type: 'configmap',
      patch: '{"data":{"a":"b"}}',
    };
    const { body } = await server.call('k8s_patch', args);
    expect(body['retryable']).toBe(false);
    expect(body.detail).toContain('The object shows no change by skyflo-mcp yet.');
  });

  it('is no failure where only what came of it cannot be seen', async () => {
    const rollout = { ...where, name: 'rollout' };
    await own.kubectl('patch', 'rollout/rollout', '--type=merge', '-p', '{"spec":{"paused":true}}');
    door.gate.after(isWrite, () => {
      door.gate.before(isRead, () => {
        door.gate.goAway();
        return Promise.reject(new Error('away'));
      });
      return Promise.resolve();
    });
    const { status, body } = await server.call('argo_resume_rollout', rollout);
    door.gate.comeBack();
    expect(status).toBe(200);
    expect(body.result).toContain('was asked for its resumption; the outcome cannot be seen now.');
    expect(body.result).toContain('The cluster is away: ');
  });

  it('one that was not made is not taken for the one just before it', async () => {
    const scaled = { ...web, replicas: 3 };
    await server.textOf('k8s_scale', scaled);
    door.gate.before(isWrite, () => Promise.reject(new Error('lost')));
    const { body } = await server.call('k8s_scale', { ...scaled, replicas: 4 });
    expect(body['retryable']).toBe(false);
    expect(body.detail).toContain(DOUBT);
    expect(body.detail).not.toContain('most likely');
    expect(await own.stored('deployment/web', '{.spec.replicas}')).toBe('3');
  });

  it('stays what the API server says where that is the one who refuses', async () => {
    door.gate.replace(isWrite, 429, 'Too many requests, please try again later.');
    const args = { ...web, patch: '{"metadata":{"labels":{"a":"g"}}}' };
    const { body } = await server.call('k8s_patch', args);
    expect(body).toMatchObject({ code: 'busy', retryable: true });
  });

  it('a read may be tried again', async () => {
    door.gate.replace(({ method }) => method === 'GET', 503, HTML);
    const { body } = await server.call('k8s_get', { ...where, resource_type: 'configmaps' });
    expect(body).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it('a description of a cluster that is away is unavailable', async () => {
    door.gate.goAway();
    const args = { ...web, name: 'web' };
    const { status, body } = await server.call('k8s_describe', args);
    door.gate.comeBack();
    expect([status, body.code]).toEqual([503, 'unavailable']);
  });
});
