import { expect, it } from 'vitest';
import type { ExecutionsInUse } from './use-executions.js';
import { onThisMachine } from './use-executions.js';

const EXEC = 'k8s_exec';
const WAIT = 'wait_for_x_seconds';
const STEPS = 'for i in 1 2 3 4; do echo line $i; sleep 0.3; done';

/** What holds with each database. */
export function provesExecutions({ api, targets }: ExecutionsInUse): void {
  it('remembers a write that was waited for, with its output', async () => {
    const where = { name: 'web', resource_type: 'deployment', namespace: 'shop' };
    const { body } = await api.run('k8s_scale', { ...where, replicas: 2, dry_run: true });
    const { execution_id: id, result } = body;
    const execution = await api.get(String(id));
    const remembered = { id, tool: 'k8s_scale', category: 'k8s', status: 'succeeded', result };
    expect(execution).toMatchObject({ status: 200, body: remembered });
  });

  it('remembers a quick read that was waited for, but not what its caller alone was to read', async () => {
    const { body } = await api.run('k8s_get', { resource_type: 'namespaces', name: 'shop' });
    const { execution_id: id } = body;
    await expect
      .poll(async () => (await api.get(String(id))).body)
      .toMatchObject({ id, tool: 'k8s_get', status: 'succeeded' });
    // Until it is stored, it is there as it was.
    await expect.poll(async () => (await api.get(String(id))).body).not.toHaveProperty('result');
    const said = await api.run('execution_status', { execution_id: id });
    expect(said.body['result']).toContain('not kept');
  });

  it('streams output as it comes, in order, to the result', async () => {
    const stream = await api.stream(EXEC, onThisMachine(STEPS));
    const { data } = await stream.result();
    expect(data).toMatchObject({ status: 'succeeded', tool: EXEC });
    expect(stream.output).toBe('line 1\nline 2\nline 3\nline 4\n');
    const outputs = stream.of('output');
    expect(outputs.at(-1)!.at - outputs[0]!.at).toBeGreaterThan(500);
    expect(stream.events.map(({ id }) => id)).toEqual(stream.events.map((_, index) => index + 1));
  });

  it('answers at once to who will come back, and runs on', async () => {
    const { status, headers, body } = await api.run(EXEC, onThisMachine(STEPS), {
      prefer: 'respond-async',
    });
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBe('respond-async');
    const id = String(body['execution_id']);
    expect(headers.get('location')).toBe(`/engine/v1/executions/${id}`);
    const running = await api.get(id);
    expect([running.status, running.body.status]).toEqual([202, 'running']);
    await expect.poll(async () => (await api.get(id)).body.result).toContain('line 2');
    expect(await api.finished(id)).toMatchObject({ id, status: 'succeeded' });
    expect((await api.get(id)).body.result).toBe('line 1\nline 2\nline 3\nline 4');
  });

  it('gives the events after the fact, whole or after one of them', async () => {
    const stream = await api.stream(EXEC, onThisMachine(STEPS));
    const { data } = await stream.result();
    const id = String(data['id']);
    const again = await api.follow(id);
    await again.result();
    const plain = (events: typeof stream.events) => events.map(({ at: _, ...event }) => event);
    expect(plain(again.events)).toEqual(plain(stream.events));
    const rest = await api.follow(id, 2);
    await rest.result();
    expect(plain(rest.events)).toEqual(plain(stream.events).slice(2));
  });

  it('goes on with a broken stream where it was, and the work does not notice', async () => {
    const broken = await api.stream(EXEC, onThisMachine(STEPS));
    await broken.reach('output', 2);
    broken.close();
    expect(await broken.ended).toBe(false);
    const { executions } = (await api.list({ tool: EXEC, limit: '1' })).body;
    const last = broken.events.at(-1)!.id!;
    const resumed = await api.follow(executions[0]!.id, last);
    expect((await resumed.result()).data).toMatchObject({ status: 'succeeded' });
    expect(broken.output + resumed.output).toBe('line 1\nline 2\nline 3\nline 4\n');
    expect(resumed.events[0]!.id).toBe(last + 1);
  });

  it('lists newest first, page by page, by status, tool and time', async () => {
    const since = new Date().toISOString();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      ids.unshift(await api.start(WAIT, { seconds: 0 }));
      await api.finished(ids[0]!);
    }
    const failed = await api.start(EXEC, onThisMachine('exit 3'));
    await api.finished(failed);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await api.list({ since, tool: WAIT, limit: '2', ...(next && { after: next }) });
      expect(page.status).toBe(200);
      expect(page.body.executions.length).toBeLessThanOrEqual(2);
      seen.push(...page.body.executions.map(({ id }) => id));
      next = page.body.next;
    } while (next);
    expect(seen).toEqual(ids);
    const idsOf = async (filter: Record<string, string>) =>
      (await api.list(filter)).body.executions.map(({ id }) => id);
    expect(await idsOf({ since, status: 'failed' })).toEqual([failed]);
    expect(await idsOf({ since, status: 'succeeded', tool: EXEC })).toEqual([]);
    expect(await idsOf({ until: since })).not.toContain(failed);
  });

  it('cancels: the connection of the work is gone, and its end is recorded', async () => {
    const id = await api.start(EXEC, onThisMachine('echo begun; sleep 60'));
    await expect.poll(async () => (await api.get(id)).body.result).toContain('begun');
    await expect.poll(() => targets.local.open).toBe(1);
    const follower = await api.follow(id);
    const { status, body } = await api.cancel(id);
    expect([status, body.status, body.error?.code]).toEqual([200, 'cancelled', 'cancelled']);
    await expect.poll(() => targets.local.open).toBe(0);
    expect((await follower.result()).data).toMatchObject({ id, status: 'cancelled' });
    const again = await api.cancel(id);
    expect([again.status, again.body['code']]).toEqual([409, 'conflict']);
  });

  it('keeps text with every character', async () => {
    const id = await api.start(
      EXEC,
      onThisMachine(`printf "a\\\\000b \\\\360\\\\237\\\\230\\\\200 c"`),
    );
    expect(await api.finished(id)).toMatchObject({ status: 'succeeded' });
    expect((await api.output(id)).text).toMatch(/^a\\u0000b 😀 c/u);
  });

  it('runs one call for one idempotency key, also for two at once', async () => {
    const key = { 'idempotency-key': `key-${performance.now()}` };
    const before = targets.local.commands.length;
    const args = onThisMachine('sleep 0.5; echo $$');
    const [one, other] = await Promise.all([api.run(EXEC, args, key), api.run(EXEC, args, key)]);
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(other.body).toEqual(one.body);
    expect((await api.run(EXEC, args, key)).body).toEqual(one.body);
    expect(targets.local.commands).toHaveLength(before + 1);
    const different = await api.run(EXEC, onThisMachine('echo other'), key);
    expect([different.status, different.body['code']]).toEqual([409, 'conflict']);
    expect(targets.local.commands).toHaveLength(before + 1);
  });
}
