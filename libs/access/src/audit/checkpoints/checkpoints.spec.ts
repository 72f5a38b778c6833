import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { AuditRecord, CALL, temporaryFolder } from '../../../fixtures/audit-record.js';
import { FileCheckpointSink, HttpCheckpointSink } from './checkpoint-sink.js';
import { Checkpoints } from './checkpoints.js';
import type { Checkpoint } from './checkpoint.js';
import { readJsonLines } from '../json-lines.js';
import { verifyAudit } from '../verify/verify-audit.js';

const MINUTE = 60_000;

afterEach(() => vi.useRealTimers());

/** A place that fails while `isAway`. */
class Place {
  readonly name = 'a place';
  readonly kept: Checkpoint[] = [];
  isAway = false;

  async store(checkpoint: Checkpoint): Promise<void> {
    if (this.isAway) throw new Error('away');
    this.kept.push(checkpoint);
  }

  get words(): string[] {
    return this.kept.map(({ kind, seq }) => `${kind} ${seq}`);
  }
}

describe(Checkpoints.name, () => {
  it('signs the start, each minute with new entries, and the end', async () => {
    vi.useFakeTimers();
    const place = new Place();
    const record = new AuditRecord();
    const chain = record.chain('one');
    const checkpoints = new Checkpoints(chain, record.key, [place]);
    await checkpoints.start();
    await chain.append(CALL)!.stored;
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    await chain.append(CALL)!.stored;
    await checkpoints.end();
    expect(place.words).toEqual(['start 0', 'running 1', 'end 2']);
    expect(chain.append(CALL)).toBeUndefined();
    expect(await verifyAudit(record.entries, place.kept, record.publicKeys)).toMatchObject({
      isIntact: true,
    });
  });

  it('keeps what a place does not take, and says so before entries are forgotten', async () => {
    const place = new Place();
    const record = new AuditRecord();
    const chain = record.chain('one');
    const checkpoints = new Checkpoints(chain, record.key, [place, new Place()]);
    place.isAway = true;
    await checkpoints.start();
    const { entry, stored } = chain.append(CALL)!;
    await stored;
    expect(await checkpoints.forget(entry)).toBe(false);
    place.isAway = false;
    expect(await checkpoints.forget(entry)).toBe(true);
    expect(place.words).toEqual(['start 0', 'head 1', 'head 1']);
    await checkpoints.end();
  });
});

describe(FileCheckpointSink.name, () => {
  it('adds each checkpoint as a line', async () => {
    const { checkpoints } = await twoCheckpoints();
    const path = join(temporaryFolder(), 'checkpoints.jsonl');
    const sink = new FileCheckpointSink(path);
    for (const checkpoint of checkpoints) await sink.store(checkpoint);
    const kept: unknown[] = [];
    for await (const line of readJsonLines(createReadStream(path))) kept.push(line);
    expect(kept).toEqual(checkpoints);
  });
});

describe(HttpCheckpointSink.name, () => {
  it('posts each checkpoint, and fails where it is not taken', async () => {
    const { checkpoints } = await twoCheckpoints();
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        bodies.push(JSON.parse(body));
        response.writeHead(bodies.length === 1 ? 204 : 503).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const sink = new HttpCheckpointSink(`http://127.0.0.1:${port}/checkpoints`);
    await sink.store(checkpoints[0]!);
    await expect(sink.store(checkpoints[1]!)).rejects.toThrow('answered 503');
    expect(bodies).toEqual(checkpoints);
    server.close();
  });
});

async function twoCheckpoints(): Promise<AuditRecord> {
  const record = new AuditRecord();
  record.sign('running', record.chain('one').storedTo);
  return record;
}
