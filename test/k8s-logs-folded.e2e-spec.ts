import { beforeAll, describe, expect, it } from 'vitest';
import { createObjects } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';
import { WrittenLogs } from './support/written-logs.js';

const BUDGET = 4_000;

const own = useNamespace('logs-folded');
const server = useServer({
  defaults: { namespace: own.name },
  env: () => ({ MAX_OUTPUT_CHARS: `${BUDGET}`, MAX_KEPT_OUTPUT_CHARS: `${BUDGET}` }),
});
const read = (args: Record<string, unknown>) => server.textOf('k8s_logs', args);

const LINES = 5_000;
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);
const times = (count: number, text: string) => Array<string>(count).fill(text);

let logs: WrittenLogs;
beforeAll(async () => {
  logs = await WrittenLogs.of(own, ['one', 'two'], ['app', 'proxy']);
  await logs.write('one/app', 'begin', ...times(100, 'tick'), 'a', 'a', 'a', 'end');
  const stamped = [1, 2, 3, 4, 5, 6].map((second) => `2026-01-01T00:00:0${second}Z beat`);
  await logs.write('one/proxy', ...stamped);
  await logs.write('two/app', ...numbered(LINES));
  await logs.write('two/proxy', 'hello');
});

describe('repeated lines', () => {
  const one = { pod_name: 'one', container_name: 'app', num_lines: -1 };

  it('are one line with a count, when more than three are in a row', async () => {
    const folded = ['begin', 'tick', '(repeated 99 more times)', 'a', 'a', 'a', 'end'];
    expect((await read(one)).split('\n')).toEqual(folded);
    expect((await read({ ...one, num_lines: 7 })).split('\n')).toEqual([
      'tick',
      'tick',
      'tick',
      ...folded.slice(3),
    ]);
    expect((await read({ ...one, exclude: 'a' })).split('\n')).toEqual([
      ...folded.slice(0, 3),
      'end',
    ]);
    expect((await read({ ...one, grep: 'tick', num_lines: 50 })).split('\n')).toEqual([
      'tick',
      '(repeated 49 more times)',
    ]);
  });

  it('are all there with fold off', async () => {
    const lines = (await read({ ...one, fold: false })).split('\n');
    expect(lines).toEqual(['begin', ...times(100, 'tick'), 'a', 'a', 'a', 'end']);
  });

  it('are equal whatever the time before them', async () => {
    expect((await read({ pod_name: 'one', container_name: 'proxy' })).split('\n')).toEqual([
      '2026-01-01T00:00:01Z beat',
      '(repeated 5 more times, until 2026-01-01T00:00:06Z)',
    ]);
  });

  it('are folded for each log of several', async () => {
    const text = await read({ pod_name: 'one', num_lines: -1, all_containers: true });
    expect(text).toContain(
      '[pod/one/app] tick\n[pod/one/app] (repeated 99 more times)\n[pod/one/app] a\n',
    );
  });

  it('are folded while they are followed, with grep too', async () => {
    const follow = { ...one, follow: true, timeout_seconds: 5 };
    const reading = Promise.all([read(follow), read({ ...follow, grep: 'tick' })]);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await logs.write('one/app', ...times(5, 'late'));
    const [all, some] = await reading;
    const ticks = ['tick', 'tick', 'tick', '(repeated 97 more times)'];
    const late = ['late', 'late', 'late', '(repeated 2 more times)'];
    const end = '[Followed for 5 s at most.]';
    expect(all.split('\n')).toEqual(['begin', ...ticks, 'a', 'a', 'a', 'end', ...late, end]);
    expect(some.split('\n')).toEqual([...ticks, end]);
  });
});

describe('a log that is longer than an answer', () => {
  const two = { pod_name: 'two', container_name: 'app', num_lines: -1 };

  it('keeps its head and its tail, and says how many lines are left out', async () => {
    for (const more of [{}, { grep: 'line' }, { num_lines: LINES }]) {
      const text = await read({ ...two, ...more });
      expect(text.length).toBeLessThanOrEqual(BUDGET);
      const lines = text.split('\n');
      expect([lines[0], lines.at(-1)]).toEqual(['line 0', `line ${LINES - 1}`]);
      const hidden = LINES - (lines.length - 1);
      expect(text).toContain(
        `\n[${hidden} lines left out here. Narrow with grep, exclude or since; num_lines=`,
      );
    }
  });

  it('can be read as it says', async () => {
    const fit = Number(/num_lines=(\d+)/.exec(await read(two))?.[1]);
    const lines = (await read({ ...two, num_lines: fit })).split('\n');
    expect(lines).toEqual(numbered(LINES).slice(-fit));
  });

  it('leaves room for the others', async () => {
    const text = await read({ pod_name: 'app=written', all_containers: true, num_lines: -1 });
    expect(text.length).toBeLessThanOrEqual(BUDGET);
    expect(text).toContain('[pod/one/app] end');
    expect(text).toMatch(/\n\[pod\/two\/app\] \[\d+ lines left out here\./);
    expect(text.split('\n').at(-1)).toBe('[pod/two/proxy] hello');
  });
});

describe('the run before the last restart', () => {
  beforeAll(async () => {
    const containers = ['calm', 'wild'].map((name) => ({ name, image: 'app:1' }));
    await createObjects({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'mixed', namespace: own.name },
      spec: { containers },
    });
    await own.kubectl('wait', 'pod', 'mixed', '--for=condition=Ready', '--timeout=30s');
    const status = JSON.parse(await own.stored('pod/mixed', '{.status}')) as {
      containerStatuses: { name: string }[];
    };
    const terminated = { exitCode: 1, reason: 'Error', startedAt: null, finishedAt: null };
    const containerStatuses = status.containerStatuses.map((one) =>
      one.name === 'wild' ? { ...one, restartCount: 2, lastState: { terminated } } : one,
    );
    const patch = JSON.stringify({ status: { containerStatuses } });
    await own.kubectl('patch', 'pod', 'mixed', '--subresource=status', '--type=merge', '-p', patch);
  });

  it('is said to be missing, with the containers that have one', async () => {
    const answer = (args: object) => server.call('k8s_logs', { previous: true, ...args });
    const { status, body } = await answer({ pod_name: 'mixed', container_name: 'calm' });
    expect([status, body.code, body.detail]).toEqual([
      412,
      'precondition',
      'Container calm of pod mixed has no previous run: it has not restarted. Of this pod, wild has one: give container_name.',
    ]);
    const none = await answer({ pod_name: 'one', container_name: 'app' });
    expect([none.status, none.body.detail]).toEqual([
      412,
      'Container app of pod one has no previous run: it has not restarted. No container of this pod has one. Leave previous out.',
    ]);
    const text = await read({ previous: true, pod_name: 'app=written', container_name: 'app' });
    expect(text).toMatch(
      /^\[pod\/one\/app\] \(no log: Container app of pod one has no previous run/,
    );
  });
});
