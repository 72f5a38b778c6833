import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, type AnyTools, type RunEvent, type SkyfloClient } from '#client';
import { AnswerThief } from './support/answer-thief.js';
import { freePort } from './support/free-port.js';
import { refusalOf } from './support/rest.js';
import { startServer } from './support/server.js';
import { executionsFile, onThisMachine, useExecutions } from './support/use-executions.js';

const WAIT = 'wait_for_x_seconds';
/** Longer than any test. */
const LONG = { seconds: 120 };

const { server, targets, api } = useExecutions();
let thief: AnswerThief;
let client: SkyfloClient;

beforeAll(async () => {
  thief = await AnswerThief.start(server.url);
  client = createClient({ baseUrl: `${thief.url}/` });
});
afterAll(() => thief.stop());

/** The events of a run, to its end. */
const all = async (events: AsyncIterable<RunEvent>): Promise<RunEvent[]> => {
  const got: RunEvent[] = [];
  for await (const event of events) got.push(event);
  return got;
};

const textOf = (events: RunEvent[]): string =>
  events.map((event) => (event.type === 'output' ? event.data.text : '')).join('');

/** How often a command was run that has a word in it. */
const runsOf = (word: string): number =>
  targets.local.commands.filter((words) => words.at(-1)?.includes(word)).length;

/** Waits for the newest run of a tool to have a status. */
const expectNewest = async (tool: string, status: string) => {
  const newest = async () => (await api.list({ tool, limit: '1' })).body.executions[0];
  await expect.poll(async () => (await newest())?.status).toBe(status);
};

describe('a call', () => {
  it('gives text, and data if it is asked for them', async () => {
    const web = { name: 'web', namespace: 'shop' };
    const { result, data, executionId } = await client.call('k8s_rollout_status', web);
    expect([result, data]).toEqual([expect.stringContaining('web'), undefined]);
    expect((await client.run(executionId).status()).tool).toBe('k8s_rollout_status');
    const more = await client.call('k8s_rollout_status', web, { data: true });
    expect(more.data).toMatchObject({ state: 'complete' });
  });

  it('of a write that takes long has its answer and its data too', async () => {
    const answer = await client.call('k8s_exec', onThisMachine('sleep 3; echo slow'), {
      data: true,
    });
    expect(answer.result).toContain('slow');
    expect(answer.data).toMatchObject({ exit_code: 0 });
  });

  it('that fails says what kind of failure it is, and what would be right', async () => {
    const nobody = { resource_type: 'pods', name: 'nobody', namespace: 'shop' };
    const missing = await refusalOf(client.call('k8s_get', nobody));
    expect(missing).toMatchObject({ status: 404, code: 'not_found', retryable: false });
    expect(missing.message).toContain('nobody');
    expect(missing.executionId).toMatch(/^[\da-f-]{36}$/);
    const wrong = await refusalOf(client.call('k8s_scale', { name: 'web', replicas: -1 } as never));
    expect(wrong).toMatchObject({ status: 422, code: 'invalid_input' });
    expect(wrong.errors.map(({ field }) => field)).toContain('replicas');
    const failed = await refusalOf(client.call('k8s_exec', onThisMachine('echo so far; exit 3')));
    expect(failed).toMatchObject({ status: 422, code: 'failed' });
  });

  it.each(['k8s_exec', WAIT] as const)('ends when it is aborted: %s', async (tool) => {
    const params = tool === WAIT ? LONG : onThisMachine('sleep 120');
    const abort = new AbortController();
    const call = client.call(tool, params, { signal: abort.signal });
    await expectNewest(tool, 'running');
    abort.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await expectNewest(tool, 'cancelled');
  });

  it('ends at its time limit', async () => {
    const call = client.call('k8s_exec', onThisMachine('sleep 120'), { timeoutSeconds: 1 });
    expect(await refusalOf(call)).toMatchObject({ code: 'timeout', retryable: false });
  });

  it('takes the name of a tool that this version does not know', async () => {
    const other = createClient<AnyTools>({ baseUrl: thief.url });
    const { code } = await refusalOf(other.call('k8s_from_tomorrow', {}));
    expect(code).toBe('not_found');
  });
});

describe('a lost answer', () => {
  it('of a read is asked for again', async () => {
    thief.lose(2);
    expect((await client.call('k8s_get', { resource_type: 'namespaces' })).result).toContain(
      'shop',
    );
  });

  it('of a write comes with the next attempt, and the write is made once', async () => {
    thief.lose(2);
    const { result } = await client.call('k8s_exec', onThisMachine('echo once-only'));
    expect([result, runsOf('once-only')]).toEqual([expect.stringContaining('once-only'), 1]);
  });

  it('of a write that nothing can be known of is not asked for again', async () => {
    const bold = createClient({ baseUrl: thief.url, retries: 0 });
    thief.lose(1);
    const error = await refusalOf(bold.call('k8s_exec', onThisMachine('echo no-more')));
    expect(error).toMatchObject({ code: 'no_answer', retryable: false });
    expect([error.message, runsOf('no-more')]).toEqual([expect.stringContaining('unknown'), 1]);
  });

  it('can be had later with the key of the call', async () => {
    const write = onThisMachine('echo come-back');
    thief.lose(4);
    const { code, idempotencyKey } = await refusalOf(client.call('k8s_exec', write));
    expect([code, typeof idempotencyKey]).toEqual(['no_answer', 'string']);
    const { result } = await client.call('k8s_exec', write, { idempotencyKey: idempotencyKey! });
    expect([result, runsOf('come-back')]).toEqual([expect.stringContaining('come-back'), 1]);
  });

  it('of a stopped server is not waited for without end', async () => {
    const nowhere = createClient({ baseUrl: `http://127.0.0.1:${await freePort()}`, retries: 1 });
    const { code, retryable } = await refusalOf(nowhere.tools());
    expect([code, retryable]).toEqual(['no_answer', true]);
  });
});

describe('a stream', () => {
  it('has the progress, the output and the result', async () => {
    const waited = await all(client.stream(WAIT, { seconds: 2 }));
    expect(waited.map(({ type }) => type)).toEqual(expect.arrayContaining(['progress', 'result']));
    const spoken = await all(client.stream('k8s_exec', onThisMachine('echo a; sleep 1; echo b')));
    expect(textOf(spoken)).toBe('a\nb\n');
    expect(spoken.at(-1)).toMatchObject({ type: 'result', data: { status: 'succeeded' } });
  });

  it('of a failure has it as its result', async () => {
    const events = await all(client.stream('k8s_exec', onThisMachine('exit 3')));
    const error = { code: 'failed' };
    expect(events.at(-1)).toMatchObject({ type: 'result', data: { status: 'failed', error } });
  });

  it('that is cut goes on where it was', async () => {
    const numbers = 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.3; done';
    const before = thief.requests.length;
    const got: RunEvent[] = [];
    for await (const event of client.stream('k8s_exec', onThisMachine(numbers))) {
      got.push(event);
      if (event.type === 'output' && Number(event.data.text) % 3 === 0) thief.cut();
    }
    expect(textOf(got)).toBe('1\n2\n3\n4\n5\n6\n7\n8\n');
    const opened = thief.requests.slice(before).filter(({ url }) => url?.endsWith('/events'));
    expect(opened.length).toBeGreaterThan(1);
    expect(Number(opened.at(-1)?.headers['last-event-id'])).toBeGreaterThan(0);
  });

  it('ends its run when it is left', async () => {
    for await (const { type } of client.stream(WAIT, LONG)) if (type === 'progress') break;
    await expectNewest(WAIT, 'cancelled');
  });

  it('ends its run when it is aborted', async () => {
    const abort = new AbortController();
    const reading = all(client.stream(WAIT, LONG, { signal: abort.signal }));
    await expectNewest(WAIT, 'running');
    abort.abort();
    await expect(reading).rejects.toThrow(/abort/);
    await expectNewest(WAIT, 'cancelled');
  });
});

describe('a run', () => {
  it('is looked at, followed and waited for', async () => {
    const run = await client.start(WAIT, { seconds: 2 });
    expect(await run.status()).toMatchObject({ id: run.id, tool: WAIT });
    for await (const { type } of run.follow()) if (type === 'progress') break;
    // To leave the events does not end it.
    expect((await run.wait()).result).toBe('Waited for 2 seconds.');
    expect((await run.status()).status).toBe('succeeded');
    const found = [];
    for await (const { id } of client.executions({ tool: WAIT })) found.push(id);
    expect(found).toContain(run.id);
  });

  it('is cancelled, and its waiter told', async () => {
    const run = await client.start(WAIT, LONG);
    const waiting = refusalOf(run.wait());
    expect((await run.cancel()).status).toBe('cancelled');
    expect(await waiting).toMatchObject({ code: 'cancelled', executionId: run.id });
    expect((await refusalOf(run.cancel())).code).toBe('conflict');
  });

  it('gives its whole output, where the answer is cut', async () => {
    const script = onThisMachine('head -c 100000 /dev/zero | tr "\\0" x');
    const run = await client.start('k8s_exec', script);
    expect((await run.wait()).result.length).toBeLessThan(33_000);
    let length = 0;
    for await (const piece of run.output()) length += piece.length;
    expect(length).toBeGreaterThanOrEqual(100_000);
  });

  it('is started once, also if the answer is lost', async () => {
    thief.lose(1);
    const run = await client.start('k8s_exec', onThisMachine('echo start-once'));
    expect([(await run.wait()).result, runsOf('start-once')]).toEqual([
      expect.stringContaining('start-once'),
      1,
    ]);
  });
});

describe('the list of tools', () => {
  it('can be narrowed', async () => {
    const helm = await client.tools({ category: 'helm', readOnly: true });
    expect(helm.map(({ name }) => name)).toContain('helm_list_releases');
    const others = helm.filter(
      ({ category, annotations }) => category !== 'helm' || !annotations.readOnlyHint,
    );
    expect(others).toEqual([]);
    expect((await refusalOf(client.tools({ category: 'none' }))).code).toBe('not_found');
  });
});

describe('a server that restarts', () => {
  it('tells a stream what has become of its run', async () => {
    const env = {
      ...targets.env,
      PORT: String(await freePort()),
      EXECUTIONS_FILE: executionsFile(),
      SHUTDOWN_GRACE_SECONDS: '1',
    };
    const first = await startServer(env);
    const other = createClient({ baseUrl: first.url });
    const reading = other.stream('k8s_exec', onThisMachine('echo begun; sleep 120'));
    expect((await reading.next()).value).toMatchObject({ type: 'output' });
    const rest = all(reading);
    await first.stop('SIGKILL');
    const second = await startServer(env);
    expect((await rest).at(-1)).toMatchObject({ type: 'result', data: { status: 'interrupted' } });
    await second.stop();
  });
});

describe('a slow reader', () => {
  /** Somewhat less than k8s_exec keeps. */
  const CHARS = 4_000_000;
  const slow = useExecutions({ targets, env: () => ({ MAX_UNREAD_SECONDS: '1' }) });

  it('that was dropped has all of the output, each piece once', async () => {
    const other = createClient({ baseUrl: slow.server.url });
    const script = `head -c ${CHARS} /dev/zero | tr "\\0" x`;
    let length = 0;
    let rests = 2;
    for await (const event of other.stream('k8s_exec', onThisMachine(script))) {
      if (event.type !== 'output') continue;
      length += event.data.text.length;
      if (rests-- > 0) await sleep(3_000);
    }
    expect(length).toBe(CHARS);
  });
});
