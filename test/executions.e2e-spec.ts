import { describe, expect, it } from 'vitest';
import { provesExecutions } from './support/executions-core.js';
import { onThisMachine, useExecutions } from './support/use-executions.js';

const KEPT = 3_000_000;
const SHOWN = 100_000;
const EXEC = 'k8s_exec';
const NOBODY = '00000000-0000-4000-8000-000000000000';

const inUse = useExecutions({
  env: () => ({ MAX_OUTPUT_CHARS: String(SHOWN), MAX_KEPT_OUTPUT_CHARS: String(KEPT) }),
});
const { api, server } = inUse;

describe('executions, with SQLite', () => {
  provesExecutions(inUse);
});

describe('a stream', () => {
  it('has the lines of a log that is followed', async () => {
    const args = { pod_name: 'app=web', namespace: 'shop', num_lines: 1 };
    const stream = await api.stream('k8s_logs', { ...args, follow: true, timeout_seconds: 4 });
    const { data, at } = await stream.result();
    const outputs = stream.of('output');
    expect(outputs.length).toBeGreaterThan(2);
    expect(at - outputs[0]!.at).toBeGreaterThan(2_000);
    expect(stream.output).toBe(data['result']);
  });

  it('has the progress of a rollout that is watched', async () => {
    const args = { name: 'payments', namespace: 'shop', timeout_seconds: 2 };
    const stream = await api.stream('k8s_rollout_status', args);
    const { data, at } = await stream.result();
    expect(data['result']).toContain('is not finished after 2 s');
    const [first] = stream.events;
    expect(JSON.stringify(first?.data)).toContain('1 of 2 replicas are updated');
    expect(at - first!.at).toBeGreaterThan(1_000);
  });

  it('ends with the failure of a tool that fails', async () => {
    const stream = await api.stream(EXEC, onThisMachine('echo out; exit 3'));
    const { data } = await stream.result();
    expect(data).toMatchObject({ status: 'failed', error: { code: 'failed', retryable: false } });
    expect(stream.output).toBe('out\n');
  });

  it('is not begun for parameters that are wrong', async () => {
    const { status, body } = await api.run(
      EXEC,
      { pod_name: '-A' },
      { accept: 'text/event-stream' },
    );
    expect([status, body['code']]).toEqual([422, 'invalid_input']);
  });
});

describe('Prefer', () => {
  it('waits as long as is said, and answers with the result if there is one by then', async () => {
    const prefer = 'respond-async, wait=5';
    const soon = await api.run('wait_for_x_seconds', { seconds: 1 }, { prefer });
    expect([soon.status, soon.body['result']]).toEqual([200, 'Waited for 1 second.']);
    const startedAt = performance.now();
    const late = await api.run(
      'wait_for_x_seconds',
      { seconds: 20 },
      { prefer: 'respond-async, wait=1' },
    );
    expect(late.status).toBe(202);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    expect((await api.cancel(String(late.body['execution_id']))).status).toBe(200);
  });

  it('is a wait like any other if it says nothing that is known', async () => {
    const { status, headers } = await api.run(
      'wait_for_x_seconds',
      { seconds: 0 },
      { prefer: 'x=y' },
    );
    expect([status, headers.get('preference-applied')]).toEqual([200, null]);
  });
});

describe('an output that is too long for an answer', () => {
  it('is cut there, kept whole, and read on by offset', async () => {
    const { body } = await api.run(EXEC, onThisMachine('seq 1 100000'));
    const id = String(body['execution_id']);
    const shown = String(body['result']);
    expect(shown.length).toBeLessThanOrEqual(SHOWN);
    expect(shown).toContain(`GET /engine/v1/executions/${id}/output?offset=`);
    const whole = Array.from({ length: 100_000 }, (_, index) => index + 1).join('\n');
    let text = '';
    for (let offset: string | null = '0'; offset !== null;) {
      const piece = await api.output(id, { offset, limit: '250000' });
      expect(piece.headers.get('x-total-chars')).toBe(String(whole.length));
      text += piece.text;
      offset = piece.headers.get('x-next-offset');
    }
    expect(text).toBe(whole);
    const [, end] = /cut after (\d+) of/.exec(shown) ?? [];
    expect(shown.slice(0, Number(end))).toBe(whole.slice(0, Number(end)));
    expect((await api.get(id)).body.result?.length).toBeLessThanOrEqual(SHOWN);
  });

  it('never cuts a character in two', async () => {
    const { body } = await api.run(EXEC, onThisMachine('yes 😀 | head -n 50000 | tr -d "\\n"'));
    const id = String(body['execution_id']);
    const first = await api.output(id, { limit: '99' });
    expect(first.text).toBe('😀'.repeat(49));
    const second = await api.output(id, {
      offset: first.headers.get('x-next-offset')!,
      limit: '2',
    });
    expect(second.text).toBe('😀');
  });

  it('is read on by execution_status too', async () => {
    const { body } = await api.run(EXEC, onThisMachine('seq 1 40000'));
    const execution_id = String(body['execution_id']);
    const whole = Array.from({ length: 40_000 }, (_, index) => index + 1).join('\n');
    const pieces: string[] = [];
    for (let offset: number | undefined = 0; offset !== undefined;) {
      const answer = await server.textOverMcp('execution_status', { execution_id, offset });
      expect(answer.length).toBeLessThanOrEqual(SHOWN);
      const [, piece] = /^Output.*:\n([^]*?)(?:\n\n\[\d+ characters in all|$(?![^]))/m.exec(
        answer,
      )!;
      pieces.push(piece!);
      const next = /and offset (\d+)\.\]$/.exec(answer)?.[1];
      offset = next === undefined ? undefined : Number(next);
    }
    // Each ends with a line.
    expect(pieces.join('\n')).toBe(whole);
  });

  it('is kept no further than its own limit', async () => {
    const { body } = await api.run(EXEC, onThisMachine('yes'));
    const { headers } = await api.output(String(body['execution_id']), { limit: '1' });
    expect(Number(headers.get('x-total-chars'))).toBeLessThanOrEqual(KEPT);
    expect(Number(headers.get('x-total-chars'))).toBeGreaterThan(KEPT / 2);
  });
});

describe('what is wrong', () => {
  it.each([NOBODY, 'nothing', '..%2F..', `${NOBODY}%00`])('is an unknown id: %s', async (id) => {
    const answers = [api.get(id), api.output(id), api.cancel(id), api.refusedToFollow(id, {})];
    for (const answer of answers) {
      const { status, body } = await answer;
      expect([status, (body as { code?: string }).code]).toEqual([404, 'not_found']);
    }
  });

  it.each(['x', '-1', '1.5', '', '1e3', '9'.repeat(20)])(
    'is a Last-Event-ID "%s"',
    async (last) => {
      const id = await api.start('wait_for_x_seconds', { seconds: 0 });
      const { status, body } = await api.refusedToFollow(id, { 'last-event-id': last });
      expect([status, body['code']]).toEqual([400, 'invalid_input']);
    },
  );

  it.each(['a b', '', 'k'.repeat(256), 'schlüssel'])('is an Idempotency-Key "%s"', async (key) => {
    const { status, body } = await api.run(
      'wait_for_x_seconds',
      { seconds: 0 },
      {
        'idempotency-key': key,
      },
    );
    expect([status, body['code']]).toEqual([400, 'invalid_input']);
  });

  it.each<Record<string, string>>([
    { status: 'gone' },
    { since: 'yesterday' },
    { until: '2026-02-30T' },
    { limit: '0' },
    { limit: '201' },
    { after: 'x' },
    { after: '\0' },
    { tool: '-A' },
    { colour: 'red' },
  ])('is a filter %o', async (filter) => {
    const { status, body } = await api.list(filter);
    const [field] = Object.keys(filter);
    expect([status, body]).toMatchObject([422, { code: 'invalid_input', errors: [{ field }] }]);
    expect(body.detail).toContain(`"${field}"`);
  });

  it('is an end that has not come: an id after all events gives the result alone', async () => {
    const id = await api.start('wait_for_x_seconds', { seconds: 0 });
    await api.finished(id);
    const stream = await api.follow(id, 999_999_999_999);
    await stream.result();
    expect(stream.events).toHaveLength(1);
  });
});
