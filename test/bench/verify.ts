import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { openDatabase } from '#store';
import { AuditChain } from '../../libs/access/src/audit/audit-chain.js';
import type { AuditDraft, AuditEntry } from '../../libs/access/src/audit/audit-entry.js';
import { AuditKey } from '../../libs/access/src/audit/audit-key.js';
import {
  signCheckpoint,
  type Checkpoint,
} from '../../libs/access/src/audit/checkpoints/checkpoint.js';
import { AuditDatabase } from '../../libs/access/src/audit/store/audit-database.js';
import { batchOf } from '../../libs/access/src/audit/store/audit-row.js';
import { AuditStore } from '../../libs/access/src/audit/store/audit-store.js';
import { peakMemoryOf } from '../support/process-state.js';
import { SERVER_BIN } from '../support/server-process.js';
import { printTable } from './print-table.js';
import { startServer } from './server.js';
import { toolClient } from './tool-client.js';

const SIZES = [100_000, 1_000_000];
const BATCH = 1_000;
/** A busy server writes about so many entries between two checkpoints. */
const ENTRIES_A_CHECKPOINT = 10_000;

/**
 * Measures `skyflo-mcp audit verify` over two records. Their entries are those of a real server.
 */
export async function benchVerify(sandbox: Sandbox): Promise<void> {
  const drafts = await draftsOf(sandbox);
  const rows: string[][] = [];
  for (const size of SIZES) {
    const folder = mkdtempSync(join(sandbox.stateDir, 'bench-verify-'));
    const env = {
      EXECUTIONS_FILE: join(folder, 'executions.db'),
      AUDIT_KEY_FILE: join(folder, 'audit.key'),
    };
    await makeRecord(env, drafts, size);
    const { seconds, peakMb, says } = await verify(env);
    rows.push([
      size.toLocaleString('en'),
      `${seconds.toFixed(1)} s`,
      `${peakMb.toFixed(0)} MB`,
      says,
    ]);
  }
  printTable(['entries verified', 'time', 'memory, peak', 'it says'], rows);
  process.stdout.write('Goals: 1,000,000 entries in 60 s, with memory that does not grow.\n');
}

/** What a server records of a read and of a write, as drafts of further entries. */
async function draftsOf(sandbox: Sandbox): Promise<AuditDraft[]> {
  const server = await startServer(sandbox, 'verify');
  const { call, close } = toolClient(server.url, 'k8s');
  await call('k8s_get', { resource_type: 'pods', namespace: 'billing' });
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bench-verify' } };
  await call('k8s_apply', { content: JSON.stringify(configMap), namespace: 'default' });
  await close();
  await server.stop();
  const database = await openDatabase({
    databaseUrl: undefined,
    file: join(sandbox.stateDir, 'bench-verify.db'),
  });
  const drafts: AuditDraft[] = [];
  for await (const entry of new AuditStore(new AuditDatabase(database)).entries()) {
    const { chain: _chain, seq: _seq, time: _time, previous: _, hash: _hash, ...draft } = entry;
    if (draft.kind === 'call') drafts.push(draft);
  }
  await database.close();
  return drafts;
}

async function makeRecord(
  { EXECUTIONS_FILE, AUDIT_KEY_FILE }: Record<'EXECUTIONS_FILE' | 'AUDIT_KEY_FILE', string>,
  drafts: readonly AuditDraft[],
  size: number,
): Promise<void> {
  const database = await openDatabase({ databaseUrl: undefined, file: EXECUTIONS_FILE });
  const audit = new AuditDatabase(database);
  const store = new AuditStore(audit);
  await database.migrate();
  const key = AuditKey.open(AUDIT_KEY_FILE);
  const sign = (kind: Checkpoint['kind'], { storedTo }: AuditChain) =>
    store.store(signCheckpoint(key, kind, storedTo, new Date()));
  const batch: AuditEntry[] = [];
  const chain = new AuditChain('bench', async (entry) => void batch.push(entry));
  await sign('start', chain);
  for (let made = 0; made < size;) {
    for (; batch.length < BATCH; made++) chain.append(drafts[made % drafts.length]!);
    await audit.write(batchOf(batch));
    batch.length = 0;
    if (made % ENTRIES_A_CHECKPOINT === 0) await sign('running', chain);
  }
  await sign('end', chain);
  await database.close();
}

async function verify(env: Record<string, string>) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [SERVER_BIN, 'audit', 'verify'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit');
  let peakMb = 0;
  while (child.exitCode === null) {
    // A process that has just ended has no memory any more.
    peakMb = peakMemoryOf(child.pid!) || peakMb;
    await Promise.race([ended, sleep(100)]);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { seconds, peakMb, says: output.trim().split('\n').at(-1) ?? '' };
}
