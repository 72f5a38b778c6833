import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { entriesOf, useAuditFiles, verifyAudit, type Entry } from './support/audit.js';
import { ExecutionsApi } from './support/executions.js';
import { startServer } from './support/server.js';

const files = useAuditFiles();
const CALLS = 6;
/** Sets the clock of a server back by an hour once it gets this signal. */
const CLOCK_SIGNAL = 'SIGUSR2';
const CLOCK = `
const RealDate = Date;
let back = 0;
globalThis.Date = class extends RealDate {
  constructor(...args) { super(...(args.length === 0 ? [RealDate.now() - back] : args)); }
  static now() { return RealDate.now() - back; }
};
process.on('${CLOCK_SIGNAL}', () => {
  back = 3_600_000;
  process.stderr.write('The clock is set back.\\n');
});
`;

const at = (name: string) => join(files.folder, name);
const envOf = () => ({
  ...files.env,
  AUDIT_FILE: at('audit.jsonl'),
  AUDIT_CHECKPOINT_FILE: at('checkpoints.jsonl'),
});

/** The chains of two servers, one after the other, which have written into the same places. */
let chains: string[];
beforeAll(async () => {
  chains = [];
  for (let start = 0; start < 2; start++) {
    const server = await startServer(envOf());
    const api = new ExecutionsApi(server);
    for (let call = 0; call < CALLS; call++) await api.run('k8s_get', { resource_type: 'pods' });
    await vi.waitUntil(async () => (await entriesOf(server)).length === CALLS * (start + 1));
    chains.push((await entriesOf(server))[0]!.chain);
    await server.stop();
  }
});

const CHANGES: [what: string, sql: string, kind: string, seq: number][] = [
  [
    'an entry was changed',
    `update audit set entry = json_set(entry, '$.tool', 'k8s_list') where chain = :one and seq = 3`,
    'change',
    3,
  ],
  [
    'a column of an entry was changed, by which lists are narrowed',
    `update audit set principal = 'somebody' where chain = :one and seq = 3`,
    'change',
    3,
  ],
  ['an entry was removed', 'delete from audit where chain = :one and seq = 3', 'gap', 3],
  [
    'two entries were swapped',
    `update audit set seq = case seq when 3 then -4 else -3 end where chain = :one and seq in (3, 4);
     update audit set seq = -seq where seq < 0`,
    'change',
    3,
  ],
  [
    'an entry was brought into another chain',
    `update audit set chain = :one, seq = 7, entry = json_set(entry, '$.chain', :one, '$.seq', 7)
     where chain = :two and seq = 6`,
    'change',
    7,
  ],
  ['the end was cut off', 'delete from audit where chain = :one and seq > 4', 'tail', 5],
];

describe('the record in the database', () => {
  it('is intact as it is', async () => {
    const { code, stdout } = await verifyAudit(envOf());
    expect(stdout).toContain(`The record is intact: ${2 * CALLS} entries in 2 chains.`);
    expect(code).toBe(0);
  });

  it.each(CHANGES)('is found to be broken where %s', async (_, sql, kind, seq) => {
    const file = at('changed.db');
    copyFileSync(files.file, file);
    using database = new DatabaseSync(file);
    const quoted = chains.map((chain) => `'${chain}'`);
    database.exec(sql.replaceAll(':one', quoted[0]!).replaceAll(':two', quoted[1]!));
    const { code, stdout } = await verifyAudit({ ...envOf(), EXECUTIONS_FILE: file });
    expect(stdout).toContain(`BROKEN (${kind}) chain ${chains[0]}`);
    expect(stdout).toMatch(new RegExp(`BROKEN .*\\b${seq}\\b`));
    expect(code).toBe(1);
  });
});

describe('the record as lines', () => {
  const verifyLines = async (change: (lines: string[]) => string[]) => {
    const lines = readFileSync(at('audit.jsonl'), 'utf8').trimEnd().split('\n');
    writeFileSync(at('changed.jsonl'), `${change(lines).join('\n')}\n`);
    const checkpoints = ['--checkpoints', at('checkpoints.jsonl')];
    return verifyAudit(envOf(), at('changed.jsonl'), ...checkpoints);
  };

  it('is intact with two chains mixed, each in its order', async () => {
    const mixed = (lines: string[]) =>
      lines.slice(0, CALLS).flatMap((line, index) => [lines[CALLS + index]!, line]);
    const { code, stdout } = await verifyLines(mixed);
    expect(stdout).toContain(`The record is intact: ${2 * CALLS} entries in 2 chains.`);
    expect(code).toBe(0);
  });

  it('is broken where two lines are swapped', async () => {
    const { code, stdout } = await verifyLines(([a, b, c, ...rest]) => [a!, c!, b!, ...rest]);
    expect(stdout).toContain(`BROKEN (order) chain ${chains[0]}`);
    expect(code).toBe(1);
  });

  it('is broken where a line of one chain says that it is of the other', async () => {
    const { code, stdout } = await verifyLines((lines) =>
      lines.map((line, index) => (index === 2 ? line.replaceAll(chains[0]!, chains[1]!) : line)),
    );
    expect(stdout).toContain('BROKEN');
    expect(code).toBe(1);
  });
});

describe('a server whose clock is set back', () => {
  it('goes on with its chain, and the record tells of it', async () => {
    writeFileSync(at('clock.mjs'), CLOCK);
    const env = { ...envOf(), EXECUTIONS_FILE: at('clock.db') };
    const server = await startServer({ ...env, NODE_OPTIONS: `--import=${at('clock.mjs')}` });
    const api = new ExecutionsApi(server);
    const entries = async (count: number): Promise<Entry[]> => {
      await expect.poll(async () => (await entriesOf(server)).length).toBe(count);
      return (await entriesOf(server)).toSorted((a, b) => a.seq - b.seq);
    };
    await api.run('k8s_get', { resource_type: 'pods' });
    await entries(1);
    process.kill(server.pid, CLOCK_SIGNAL);
    await expect.poll(() => server.log.at(-1)?.msg).toContain('The clock is set back.');
    await api.run('k8s_get', { resource_type: 'pods' });
    const [before, after] = await entries(2);
    expect(Date.parse(after!.time)).toBeLessThan(Date.parse(before!.time));
    await server.stop();
    const { code, stdout } = await verifyAudit(env);
    expect(stdout).toContain('the clock was set back 1 times, first before entry 2');
    expect(code).toBe(0);
  });
});
