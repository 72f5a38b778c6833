import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolError, type Principal } from '#tools';
import { HttpLab, status } from '../../fixtures/http-lab.js';
import { callScope } from '../gate/gate-call.js';
import type { GateOutcome, GatePart, GateRequest } from '../gate/gate-part.js';
import { Gate } from '../gate/gate.js';
import { GatedClient } from './gated.client.js';

let lab: HttpLab;
beforeEach(() => (lab = new HttpLab()));
afterEach(() => lab.close());

function gateOf(...parts: GatePart[]): Gate {
  const gate = new Gate();
  gate.use(parts);
  return gate;
}

/** Does work in a call of a principal. */
function as<T>(id: string, work: () => T): T {
  const principal: Principal = { id, name: id, groups: [] };
  const { signal } = new AbortController();
  return callScope.run(
    { tool: 'k8s_get', category: 'k8s', executionId: id, principal, signal },
    work,
  );
}

const impersonating: GatePart = {
  identity: ({ call }: GateRequest) => ({ 'impersonate-user': call?.principal?.name ?? 'nobody' }),
};

const refusing: GatePart = {
  decide: ({ verb }) => Promise.reject(new ToolError('forbidden', `Rule "none" denies ${verb}.`)),
};

describe(GatedClient.name, () => {
  it('asks before every kind of request, and sends none that is refused', async () => {
    let count = 0;
    const handler = () => void (count += 1);
    const cluster = await lab.clusterTo(handler, gateOf(refusing));
    const pods = '/api/v1/namespaces/a/pods';
    const { signal } = new AbortController();
    const request = { method: 'GET' as const, target: pods, headers: {}, body: undefined, signal };
    const all = [
      cluster.request(pods),
      cluster.request(pods, { method: 'POST', body: { metadata: { name: 'a' } } }),
      cluster.forward(pods, {}),
      cluster.stream(`${pods}/a/log`).next(),
      cluster.watch(pods).next(),
      cluster.channels(`${pods}/a/exec?command=id`),
      cluster.relay(request),
    ];
    const told = await Promise.allSettled(all);
    expect(told.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
      ['list', 'create', 'list', 'get', 'watch', 'get', 'list'].map(
        (verb) => `ToolError: Rule "none" denies ${verb}.`,
      ),
    );
    expect(count).toBe(0);
  });

  it('never shares an answer between identities', async () => {
    const asked: unknown[] = [];
    const cluster = await lab.clusterTo(({ headers }, response) => {
      asked.push(headers['impersonate-user']);
      response.end(JSON.stringify({ kind: 'Pod', user: headers['impersonate-user'] }));
    }, gateOf(impersonating));
    const read = (id: string) => as(id, () => cluster.request('/api/v1/namespaces/a/pods/b'));
    const users = ['jane', 'joe', 'jane', 'joe', 'jane', 'joe'];
    expect(await Promise.all(users.map(read))).toEqual(
      users.map((user) => ({ kind: 'Pod', user })),
    );
    // Those of one identity still share.
    expect(asked.length).toBeLessThan(users.length);
  });

  it('reads discovery as the server itself', async () => {
    const seen: unknown[] = [];
    const cluster = await lab.clusterTo(
      (_, response) => response.writeHead(404).end(status(404, 'NotFound', 'none')),
      gateOf({ decide: ({ call }) => void seen.push(call) }),
    );
    await as('jane', () => cluster.discovery.resolve('pods')).catch(() => undefined);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every((call) => call === undefined)).toBe(true);
  });

  it.each<[string, number, string, GateOutcome['state']]>([
    ['POST', 201, '{"kind":"Pod"}', 'done'],
    ['POST', 409, status(409, 'AlreadyExists', 'there'), 'failed'],
    ['POST', 502, 'bad gateway', 'unknown'],
    ['GET', 502, 'bad gateway', 'failed'],
  ])('tells what became of a %s that is answered with %i', async (method, code, body, state) => {
    const told: GateOutcome[] = [];
    const cluster = await lab.clusterTo(
      (_, response) => response.writeHead(code).end(body),
      gateOf({ after: (_, outcome) => void told.push(outcome) }),
    );
    const options = method === 'GET' ? {} : { method: 'POST' as const, body: { kind: 'Pod' } };
    await cluster.request('/api/v1/namespaces/a/pods', options).catch(() => undefined);
    expect(told.map((outcome) => outcome.state)).toEqual([state]);
  });

  it('tells of a change without an answer that its outcome is unknown', async () => {
    const told: GateOutcome[] = [];
    const after = (_: GateRequest, outcome: GateOutcome) => void told.push(outcome);
    const cluster = await lab.clusterTo(({ socket }) => socket.destroy(), gateOf({ after }));
    const { signal } = new AbortController();
    const target = '/api/v1/namespaces/a/pods/b';
    const relayed = { method: 'DELETE' as const, target, headers: {}, body: undefined, signal };
    await cluster.request(target, { method: 'DELETE' }).catch(() => undefined);
    await cluster.relay(relayed).catch(() => undefined);
    expect(told.map((outcome) => outcome.state)).toEqual(['unknown', 'unknown']);
  });
});
