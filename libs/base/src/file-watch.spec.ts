import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileWatch, type FileWatchOptions } from './file-watch.js';

/** Never, as far as a test is concerned. */
const NEVER_MS = 600_000;

let folder: string;
let changes = 0;
const open: FileWatch[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-watch-'));
  changes = 0;
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  rmSync(folder, { recursive: true });
});

function watch(path: string, options: FileWatchOptions): FileWatch {
  const one = new FileWatch(path, () => (changes += 1), options);
  open.push(one);
  return one;
}

async function expectChanges(times: number): Promise<void> {
  await vi.waitFor(() => expect(changes).toBe(times), 5_000);
}

describe('FileWatch', () => {
  it('notices by looking that a file comes, changes and goes', async () => {
    const path = join(folder, 'none', 'file');
    watch(path, { everyMs: 20 });
    mkdirSync(join(folder, 'none'));
    writeFileSync(path, 'a');
    await expectChanges(1);
    rmSync(path);
    await expectChanges(2);
  });

  it('hears of changes where it listens, and of none beside its file', async () => {
    const path = join(folder, 'file');
    watch(path, { everyMs: NEVER_MS, listens: true });
    writeFileSync(join(folder, 'other'), 'a');
    writeFileSync(`${path}.new`, 'b');
    renameSync(`${path}.new`, path);
    await expectChanges(1);
  });

  it('listens again to a folder that takes the place of another one', async () => {
    const place = join(folder, 'place');
    const path = join(place, 'file');
    mkdirSync(place);
    watch(path, { everyMs: 100, listens: true });
    renameSync(place, join(folder, 'away'));
    mkdirSync(place);
    writeFileSync(path, 'a');
    await expectChanges(1);
    writeFileSync(path, 'ab');
    await expectChanges(2);
  });

  it('says nothing once it is closed', async () => {
    const path = join(folder, 'file');
    watch(path, { everyMs: 20, listens: true }).close();
    writeFileSync(path, 'a');
    await setTimeout(200);
    expect(changes).toBe(0);
  });
});
