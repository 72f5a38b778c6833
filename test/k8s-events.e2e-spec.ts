import { beforeAll, describe, expect, it } from 'vitest';
import { configMap, createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const NAMESPACE = 'events-test';

useNamespace(NAMESPACE);
const server = useServer({ defaults: { namespace: NAMESPACE } });
const events = (args: Record<string, unknown> = {}) => server.call('k8s_events', args);
const linesOf = async (args: Record<string, unknown> = {}) =>
  (await server.textOf('k8s_events', args)).split('\n');

const minutesAgo = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');

let made = 0;

/** An event as a controller reports it: last seen so many minutes ago. */
function event(pod: string, reason: string, minutes: number, fields: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `event-${made++}`, namespace: NAMESPACE },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: pod, namespace: NAMESPACE },
    type: 'Normal',
    reason,
    message: `${reason} of ${pod}`,
    firstTimestamp: minutesAgo(minutes),
    lastTimestamp: minutesAgo(minutes),
    count: 1,
    ...fields,
  };
}

beforeAll(async () => {
  await createObjects(
    configMap('quiet', {}, { namespace: NAMESPACE }),
    event('web', 'Started', 50),
    event('web', 'BackOff', 40, { type: 'Warning', count: 3 }),
    event('api', 'Pulled', 30),
    event('web', 'BackOff', 20, { type: 'Warning', count: 4, firstTimestamp: minutesAgo(25) }),
    event('api', 'Killing', 1),
  );
});

describe('k8s_events', () => {
  it('lists the newest last, and equal ones as one with count, first and last time', async () => {
    const [header, ...lines] = await linesOf();
    expect(header).toMatch(/^LAST +FIRST +COUNT +TYPE +REASON +OBJECT +MESSAGE$/);
    expect(lines.map((line) => line.replace(/ {2,}/g, ' '))).toEqual([
      expect.stringMatching(/^50m 50m 1 Normal Started Pod\/web Started of web$/),
      expect.stringMatching(/^30m 30m 1 Normal Pulled Pod\/api Pulled of api$/),
      expect.stringMatching(/^20m 40m 7 Warning BackOff Pod\/web BackOff of web$/),
      expect.stringMatching(/^\d+m?\d*s \d+m?\d*s 1 Normal Killing Pod\/api Killing of api$/),
    ]);
  });

  it.each<[Record<string, unknown>, string[]]>([
    [{ resource: 'pod/api' }, ['Pulled', 'Killing']],
    [{ resource: 'Pods/web', type: 'Warning' }, ['BackOff']],
    [{ type: 'normal' }, ['Started', 'Pulled', 'Killing']],
    [{ reason: 'Pulled' }, ['Pulled']],
    [{ since: '25m' }, ['BackOff', 'Killing']],
    [{ limit: 2 }, ['BackOff', 'Killing']],
  ])('lists those of %j', async (args, reasons) => {
    const { body } = await server.call('k8s_events', args);
    const shown = [...(body.result ?? '').matchAll(/ (?:Normal|Warning) +(\w+) /g)];
    expect(shown.map(([, reason]) => reason)).toEqual(reasons);
  });

  it('says what is left out', async () => {
    expect((await linesOf({ limit: 1 })).at(-1)).toMatch(/^\[3 older are left out\. .*raise limit/);
  });

  it('names the namespaces of events of all', async () => {
    const [header, ...lines] = await linesOf({
      all_namespaces: true,
      namespace: null,
      limit: 1_000,
    });
    expect(header).toMatch(/^NAMESPACE +LAST/);
    expect(lines.some((line) => line.startsWith(`${NAMESPACE} `))).toBe(true);
  });

  it('tells an object without events from one that is not there', async () => {
    expect((await linesOf({ resource: 'cm/quiet' }))[0]).toContain('No events found for cm/quiet');
    expect(await events({ resource: 'cm/nope' })).toMatchObject({
      status: 404,
      body: { code: 'not_found', detail: 'configmaps "nope" not found' },
    });
    expect(await events({ resource: 'pdo/web' })).toMatchObject({ status: 404 });
  });

  it.each([
    { resource: 'web' },
    { resource: 'pod/' },
    { type: 'error' },
    { since: 'yesterday' },
    { since: '0s' },
    { limit: 0 },
    { reason: '--all' },
    { all_namespaces: true },
  ])('refuses %j', async (args) => {
    expect(await events(args)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });
});
