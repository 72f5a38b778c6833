import { describe, expect, it } from 'vitest';
import { effectOf, readApiRequest, type SentRequest } from './api-request.js';

const PODS = '/api/v1/namespaces/shop/pods';
const APPS = '/apis/apps/v1/namespaces/shop/deployments';
const EVICTION = `${PODS}/web/eviction`;

/** `verb group/resource/subresource namespace:name`, and what else is true. */
function textOf(sent: SentRequest): string {
  const request = readApiRequest(sent);
  const { verb, group, resource, subresource, namespace, name } = request;
  const what = `${group}/${resource}${subresource === '' ? '' : `/${subresource}`}`;
  const more = [
    request.isDryRun ? 'dry' : '',
    request.isApply ? 'apply' : '',
    request.isNamespaced === undefined ? 'anywhere' : '',
  ];
  return [effectOf(request), verb, what, `${namespace}:${name}`, ...more].filter(Boolean).join(' ');
}

/** A field of a message in protobuf that holds a text or a message. */
function message(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

/** A body in the protobuf format of Kubernetes. */
function envelope(kind: string, ...fields: Buffer[]): Buffer {
  const typeMeta = Buffer.concat([message(1, 'v1'), message(2, kind)]);
  const raw = message(2, Buffer.concat(fields));
  return Buffer.concat([Buffer.from('k8s\0'), message(1, typeMeta), raw]);
}

describe('a path', () => {
  it.each([
    ['GET', `${PODS}/web`, 'read get /pods shop:web'],
    ['HEAD', `${PODS}/web`, 'read get /pods shop:web'],
    ['GET', PODS, 'read list /pods shop:'],
    ['GET', '/api/v1/pods', 'read list /pods : anywhere'],
    ['GET', `${APPS}/web`, 'read get apps/deployments shop:web'],
    ['GET', `${APPS}/web/scale`, 'read get apps/deployments/scale shop:web'],
    ['PUT', `${APPS}/web/scale`, 'update update apps/deployments/scale shop:web'],
    ['PATCH', `${APPS}/web`, 'update patch apps/deployments shop:web'],
    ['PATCH', `${APPS}/web/status`, 'update patch apps/deployments/status shop:web'],
    ['DELETE', `${APPS}/web`, 'delete delete apps/deployments shop:web'],
    ['DELETE', APPS, 'delete deletecollection apps/deployments shop:'],
    ['GET', '/api/v1/nodes', 'read list /nodes : anywhere'],
    ['GET', '/api/v1/nodes/one', 'read get /nodes :one'],
    ['GET', '/apis/argoproj.io/v1alpha1/rollouts', 'read list argoproj.io/rollouts : anywhere'],
    ['GET', '/api/v1/namespaces', 'read list /namespaces :'],
    ['GET', '/api/v1/namespaces/shop', 'read get /namespaces :shop'],
    ['DELETE', '/api/v1/namespaces/shop', 'delete delete /namespaces :shop'],
    ['PUT', '/api/v1/namespaces/shop/finalize', 'update update /namespaces/finalize :shop'],
    ['PATCH', '/api/v1/namespaces/shop/status', 'update patch /namespaces/status :shop'],
    ['GET', `${PODS}/web/log`, 'read get /pods/log shop:web'],
    ['PUT', '/api/v1/namespaces/shop/pods/status', 'update update /pods shop:status'],
    // Into a container, or through to a server.
    ['GET', `${PODS}/web/exec?command=id`, 'exec get /pods/exec shop:web'],
    ['POST', `${PODS}/web/exec`, 'exec create /pods/exec shop:web'],
    ['GET', `${PODS}/web/attach`, 'exec get /pods/attach shop:web'],
    ['GET', `${PODS}/web/portforward`, 'exec get /pods/portforward shop:web'],
    ['GET', `${PODS}/web/proxy`, 'exec get /pods/proxy shop:web'],
    ['GET', `${PODS}/https:web:8443/proxy/metrics`, 'exec get /pods/proxy shop:web'],
    ['GET', '/api/v1/namespaces/shop/services/web:80/proxy/', 'exec get /services/proxy shop:web'],
    ['DELETE', '/api/v1/nodes/one/proxy/a//b', 'exec delete /nodes/proxy :one'],
    // Aggregated APIs, of metrics.
    [
      'GET',
      '/apis/custom.metrics.k8s.io/v1beta1/namespaces/shop/pods/*/http_requests',
      'read get custom.metrics.k8s.io/pods/http_requests shop:*',
    ],
    [
      'GET',
      '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods',
      'read list metrics.k8s.io/pods shop:',
    ],
    // No resources.
    ['GET', '/', 'read get / :'],
    ['GET', '/version', 'read get / :'],
    ['GET', '/api', 'read get / :'],
    ['GET', '/apis', 'read get / :'],
    ['GET', '/api/v1', 'read get / :'],
    ['GET', '/apis/apps', 'read get / :'],
    ['GET', '/apis/apps/v1', 'read get / :'],
    ['GET', '/openapi/v3/apis/apps/v1?hash=1', 'read get / :'],
    ['GET', '/readyz', 'read get / :'],
    ['POST', '/version', 'create post / :'],
    // The old way to watch.
    ['GET', '/api/v1/watch/pods', 'read watch /pods : anywhere'],
    ['GET', '/api/v1/watch/namespaces/shop/pods', 'read watch /pods shop:'],
    ['GET', '/api/v1/watch/namespaces/shop/pods/web', 'read watch /pods shop:web'],
    ['GET', '/apis/apps/v1/watch/deployments', 'read watch apps/deployments : anywhere'],
    // Encoded, and read as it is meant.
    [
      'GET',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
      'read get rbac.authorization.k8s.io/clusterroles :system:node',
    ],
    ['GET', `/api/v1/namespaces/shop/%70ods/w%65b`, 'read get /pods shop:web'],
    ['GET', `/ap%69/v1/namespaces/shop/secrets`, 'read list /secrets shop:'],
  ])('%s %s', (method, target, expected) => {
    expect(textOf({ method, target })).toBe(expected);
  });

  it.each([
    ['GET', '/api/v1/namespaces//pods'],
    ['GET', '//api/v1/pods'],
    ['GET', `${PODS}/`],
    ['GET', '/api/'],
    ['GET', '/api/v1/namespaces/shop/../kube-system/secrets'],
    ['GET', '/api/v1/./pods'],
    ['GET', '/api/v1/namespaces/shop/%2e%2e/kube-system/secrets'],
    ['GET', '/api/v1/namespaces/shop%2fpods'],
    ['GET', '/api/v1/namespaces/shop/pods%5Cweb'],
    ['GET', '/api/v1/namespaces/shop/pods/web%2500'],
    ['GET', '/api/v1/namespaces/shop/pods/web%00'],
    ['GET', '/api/v1/namespaces/shop/pods/web%0d%0aHost:a'],
    ['GET', '/api/v1/namespaces/shop/pods%3fwatch=1'],
    ['GET', '/api/v1/namespaces/shop/pods%23'],
    ['GET', '/api/v1/namespaces/shop/secrets;a=b'],
    ['GET', '/api/v1/namespaces/shop/secr%zzets'],
    ['GET', '/api/v1/namespaces/shop/secr%ffets'],
    ['GET', '/api/v1/namespaces/shop/sécrets'],
    ['GET', '/api/v1/namespaces/shop/s%C3%A9crets'],
    ['GET', '/API/v1/secrets'],
    ['GET', '/Apis/apps/v1/deployments'],
    ['GET', '/api/V1/secrets'],
    ['GET', '/api/v1/Secrets'],
    ['GET', '/api/v1/namespaces/Shop/secrets'],
    ['GET', '/api/v1/NAMESPACES/shop/secrets'],
    ['GET', '/api/v1/proxy/namespaces/shop/pods/web'],
    ['GET', '/api/v1/watch'],
    ['DELETE', '/api/v1/watch/namespaces/shop/pods/web'],
    ['GET', 'http://other/api/v1/secrets'],
    ['GET', ''],
    ['OPTIONS', PODS],
    ['TRACE', PODS],
    ['get', PODS],
  ])('%s %s is refused', (method, target) => {
    expect(() => readApiRequest({ method, target })).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });
});

describe('a query', () => {
  it.each([
    [`${PODS}?watch=true`, 'read watch /pods shop:'],
    [`${PODS}?watch=1`, 'read watch /pods shop:'],
    [`${PODS}?watch`, 'read watch /pods shop:'],
    [`${PODS}?w%61tch=true`, 'read watch /pods shop:'],
    [`${PODS}?watch=false&watch=true`, 'read list /pods shop:'],
    [`${PODS}?watch=0`, 'read list /pods shop:'],
    [`${PODS}/web?watch=true`, 'read get /pods shop:web'],
    [`${PODS}?fieldSelector=metadata.name%3Dweb`, 'read list /pods shop:web'],
    [`${PODS}?fieldSelector=metadata.name==web,status.phase=Running`, 'read list /pods shop:web'],
    [`${PODS}?watch=true&fieldSelector=metadata.name=web`, 'read watch /pods shop:web'],
    [`${PODS}?fieldSelector=metadata.name!=web`, 'read list /pods shop:'],
    [`${PODS}?fieldSelector=metadata.name=a,metadata.name=b`, 'read list /pods shop:'],
    [
      `${PODS}?fieldSelector=metadata.name=a&fieldSelector=metadata.name=b`,
      'read list /pods shop:',
    ],
    [`${PODS}?fieldSelector=metadata.namespace=other`, 'read list /pods shop:'],
    [`${PODS}?fieldSelector=metadata.name=a%5C,b`, 'read list /pods shop:'],
    [`${PODS}?dryRun=All`, 'read list /pods shop:'],
  ])('GET %s', (target, expected) => {
    expect(textOf({ method: 'GET', target })).toBe(expected);
  });

  it.each([
    ['dryRun=All', true],
    ['dryRun=All&dryRun=All', true],
    ['fieldManager=a&dryRun=Al%6c', true],
    ['', false],
    ['dryRun', false],
    ['dryRun=', false],
    ['dryRun=all', false],
    ['dryRun=None', false],
    ['dryrun=All', false],
    ['?dryRun=All', false],
    ['dryRun=All&dryRun=', false],
    ['dryRun=&dryRun=All', false],
    ['dryRun=All,None', false],
    ['dryRun=All;a', false],
    ['dryRun=All%zz', false],
    ['dryRun=All#', false],
  ])('?%s of a write is a dry run: %s', (query, expected) => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const { isDryRun } = readApiRequest({ method, target: `${PODS}/web?${query}` });
      expect(isDryRun).toBe(expected);
    }
  });
});

describe('the body of a creation', () => {
  const CREATED = 'create create /pods shop:';
  it.each<[string, unknown, string]>([
    [PODS, { metadata: { name: 'web' } }, `${CREATED}web`],
    [PODS, '{"metadata":{"name":"web"}}', `${CREATED}web`],
    [PODS, Buffer.from('{"metadata":{"name":"web"}}'), `${CREATED}web`],
    [PODS, '{"metadata":{"n\\u0061me":"web"}}', `${CREATED}web`],
    [PODS, { metadata: { generateName: 'web-' } }, CREATED],
    [PODS, { metadata: { name: 7 } }, CREATED],
    [PODS, { spec: { metadata: { name: 'inner' } } }, CREATED],
    [`${PODS}?dryRun=All`, { metadata: { name: 'web' } }, `${CREATED}web dry`],
    [PODS, { metadata: { name: 'web' }, dryRun: ['All'] }, `${CREATED}web`],
    ['/api/v1/namespaces', { metadata: { name: 'shop' } }, 'create create /namespaces :shop'],
    [EVICTION, { metadata: { name: 'web' } }, 'delete create /pods/eviction shop:web'],
    [EVICTION, { deleteOptions: { dryRun: ['All'] } }, 'delete create /pods/eviction shop:web dry'],
    [EVICTION, { dryRun: ['All'] }, 'delete create /pods/eviction shop:web'],
    [`${EVICTION}?dryRun=All`, {}, 'delete create /pods/eviction shop:web dry'],
    [
      '/api/v1/namespaces/shop/serviceaccounts/web/token',
      { metadata: { name: 'other' } },
      'create create /serviceaccounts/token shop:web',
    ],
    [
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      { spec: {} },
      'read create authorization.k8s.io/selfsubjectaccessreviews :',
    ],
  ])('%s %j', (target, body, expected) => {
    expect(textOf({ method: 'POST', target, body })).toBe(expected);
  });

  it.each<[unknown, string | undefined]>([
    [{ kind: 'List', items: [] }, undefined],
    [{ kind: 'PodList', items: [{ metadata: { name: 'web' } }] }, undefined],
    ['{"metadata":{"name":"a"},"metadata":{"name":"b"}}', undefined],
    ['{"metadata":{"name":"a","n\\u0061me":"b"}}', undefined],
    ['{"kind":"Pod","\\u006bind":"List","metadata":{"name":"a"}}', undefined],
    ['metadata: {name: web}', 'application/yaml'],
    [Buffer.from('k8s'), 'application/vnd.kubernetes.protobuf'],
    ['{"metadata":', 'application/json'],
    ['[]', 'application/json'],
  ])('%j (%s) is refused', (body, contentType) => {
    const sent = { method: 'POST', target: PODS, body, contentType };
    expect(() => readApiRequest(sent)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it.each<[string, Buffer, string | undefined]>([
    ['a Secret', envelope('Secret', message(1, message(1, 'web'))), 'web'],
    ['one whose name the API server makes', envelope('Pod', message(1, message(2, 'web-'))), ''],
    ['a list', envelope('PodList', message(2, message(1, 'web'))), undefined],
    [
      'metadata twice',
      envelope('Pod', message(1, message(1, 'a')), message(1, message(1, 'b'))),
      undefined,
    ],
    [
      'a name twice',
      envelope('Pod', message(1, Buffer.concat([message(1, 'a'), message(1, 'b')]))),
      undefined,
    ],
    [
      'a field number that overflows',
      envelope('Pod', Buffer.from('8a80808080010161', 'hex')),
      undefined,
    ],
    ['a part that is cut', envelope('Pod', Buffer.from([10, 200, 1])), undefined],
    [
      'another format inside',
      Buffer.concat([envelope('Pod'), message(4, 'application/json')]),
      undefined,
    ],
    ['no envelope', message(1, message(1, 'web')), undefined],
  ])('in protobuf: %s', (_, body, name) => {
    const contentType = 'application/vnd.kubernetes.protobuf';
    const read = () => readApiRequest({ method: 'POST', target: PODS, body, contentType });
    if (name === undefined)
      expect(read).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    else expect(read().name).toBe(name);
  });

  it('may have a field twice where it does not count', () => {
    const body = '{"metadata":{"name":"a","labels":{"a":"1","a":"2"}},"spec":{"b":1,"b":2}}';
    expect(textOf({ method: 'POST', target: PODS, body })).toBe(`${CREATED}a`);
  });
});

describe('the body of a deletion', () => {
  it.each<[string, unknown, string | undefined, boolean]>([
    ['', { dryRun: ['All'] }, undefined, true],
    ['', '{"dryRun":["All"]}', 'application/json; charset=utf-8', true],
    ['?dryRun=All', undefined, undefined, true],
    ['?dryRun=All', '', undefined, true],
    // The API server ignores the query where there is a body.
    ['?dryRun=All', {}, undefined, false],
    ['?dryRun=All', { propagationPolicy: 'Foreground' }, undefined, false],
    ['', { dryRun: [] }, undefined, false],
    ['', { dryRun: 'All' }, undefined, false],
    ['', '{"dryRun":["All"],"dryRun":null}', undefined, false],
    ['', 'dryRun: [All]', 'application/yaml', false],
    ['', '{"dryRun":["All"]}', 'application/vnd.kubernetes.protobuf', false],
    ['', envelope('DeleteOptions', message(5, 'All')), 'application/vnd.kubernetes.protobuf', true],
    ['?dryRun=All', envelope('DeleteOptions'), 'application/vnd.kubernetes.protobuf', false],
  ])('%s %j (%s) is a dry run: %s', (query, body, contentType, expected) => {
    for (const path of [PODS, `${PODS}/web`]) {
      const sent = { method: 'DELETE', target: `${path}${query}`, body, contentType };
      expect(readApiRequest(sent).isDryRun).toBe(expected);
    }
  });
});

it.each([
  ['application/apply-patch+yaml', 'update patch apps/deployments shop:web apply'],
  ['application/apply-patch+cbor', 'update patch apps/deployments shop:web apply'],
  ['application/merge-patch+json', 'update patch apps/deployments shop:web'],
  ['application/json-patch+json', 'update patch apps/deployments shop:web'],
  ['application/strategic-merge-patch+json', 'update patch apps/deployments shop:web'],
])('a patch of type %s', (contentType, expected) => {
  const sent = { method: 'PATCH', target: `${APPS}/web`, body: 'name: other', contentType };
  expect(textOf(sent)).toBe(expected);
});
