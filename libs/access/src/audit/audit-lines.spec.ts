import { appendFileSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { recordOf, temporaryFolder } from '../../fixtures/audit-record.js';
import { AuditLines } from './audit-lines.js';
import { LineWriter } from './line-writer.js';

const TEN_LINES = 'x'.repeat(800_000);

function linesIn(file: string): unknown[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

describe(AuditLines.name, () => {
  it('adds entries to a file, and makes it again when it was renamed', async () => {
    const { entries } = await recordOf(3);
    const file = join(temporaryFolder(), 'logs', 'audit.jsonl');
    const lines = new AuditLines(file);
    lines.write(entries[0]!);
    lines.write(entries[1]!);
    await expect.poll(() => linesIn(file)).toEqual(entries.slice(0, 2));
    renameSync(file, `${file}.1`);
    lines.write(entries[2]!);
    await lines.close();
    expect(linesIn(file)).toEqual([entries[2]]);
  });

  it('begins a line of its own after half a line', async () => {
    const { entries } = await recordOf(1);
    const file = join(temporaryFolder(), 'audit.jsonl');
    appendFileSync(file, '{"chain":"o');
    const lines = new AuditLines(file);
    lines.write(entries[0]!);
    await lines.close();
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(3);
  });
});

describe(LineWriter.name, () => {
  it('goes on where a full disk has stopped it', async () => {
    let file = '';
    const answers = [3, new Error('full'), 100];
    const writer = new LineWriter({
      name: 'a disk',
      write: async (bytes) => {
        const answer = answers.shift()!;
        if (answer instanceof Error) throw answer;
        file += bytes.subarray(0, answer).toString();
        return Math.min(answer, bytes.length);
      },
    });
    writer.write('one');
    writer.write('two');
    await expect.poll(() => file, { timeout: 10_000 }).toBe('one\ntwo\n');
  });

  it('drops lines beyond its bound, and never waits', async () => {
    let release = (_: number) => {};
    const written: number[] = [];
    const writer = new LineWriter({
      name: 'a slow disk',
      write: (bytes) => {
        written.push(bytes.length);
        return new Promise((resolve) => (release = resolve));
      },
    });
    for (let line = 0; line < 15; line++) writer.write(TEN_LINES);
    await expect.poll(() => written).toEqual([10 * TEN_LINES.length + 10]);
    release(written[0]!);
    await setImmediate();
    writer.write('next');
    await expect.poll(() => written[1]).toBe('next\n'.length);
    release(written[1]!);
    await writer.close();
  });
});
