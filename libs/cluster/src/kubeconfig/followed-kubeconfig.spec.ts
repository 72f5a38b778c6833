import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FollowedKubeconfig, type FollowOptions } from './followed-kubeconfig.js';

const QUICK: FollowOptions = { settleMs: 20, doubtMs: 400, lockMs: 60_000, lookEveryMs: 50 };

let folder: string;
let config: string;
let changes = 0;
const open: FollowedKubeconfig[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'followed-'));
  config = join(folder, 'config');
  changes = 0;
  vi.spyOn(Logger.prototype, 'log').mockImplementation(() => {});
});
afterEach(() => {
  for (const one of open.splice(0)) one.close();
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

function text(...contexts: string[]): string {
  return `contexts:\n${contexts.map((name) => `- name: ${name}\n  context: {}\n`).join('')}`;
}

function follow(paths: string[] = [config], options = QUICK): FollowedKubeconfig {
  const followed = new FollowedKubeconfig(paths, () => (changes += 1), options);
  open.push(followed);
  return followed;
}

async function expectContexts(followed: FollowedKubeconfig, ...names: string[]): Promise<void> {
  await vi.waitFor(() => expect(followed.current.contextNames).toEqual(names), 5_000);
}

describe('FollowedKubeconfig', () => {
  it('finds files that were not there, in folders that were not there', async () => {
    const later = join(folder, 'later', 'config');
    writeFileSync(config, text('a'));
    const followed = follow([config, later]);
    expect(followed.current.contextNames).toEqual(['a']);
    mkdirSync(join(folder, 'later'));
    writeFileSync(later, text('b'));
    await expectContexts(followed, 'a', 'b');
  });

  it('hears of a change without looking', async () => {
    writeFileSync(config, text('a'));
    const followed = follow([config], { ...QUICK, lookEveryMs: 600_000 });
    writeFileSync(config, text('a', 'b'));
    await expectContexts(followed, 'a', 'b');
  });

  it('takes a file that an editor renames into its place', async () => {
    writeFileSync(config, text('a'));
    const followed = follow();
    renameSync(config, `${config}~`);
    writeFileSync(`${config}.new`, text('a', 'b'));
    await setTimeout(150);
    renameSync(`${config}.new`, config);
    await expectContexts(followed, 'a', 'b');
    expect(changes).toBe(1);
  });

  it('follows a mounted volume, whose files are swapped by a link', async () => {
    for (const [version, context] of ['a', 'b'].entries()) {
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, 'config'), text(context));
    }
    symlinkSync('..0', join(folder, '..data'));
    symlinkSync('..data/config', config);
    const followed = follow([config], { ...QUICK, lookEveryMs: 600_000 });
    symlinkSync('..1', join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
    await expectContexts(followed, 'b');
  });

  it('takes no half of a file that is written in two parts', async () => {
    writeFileSync(config, text('a', 'b', 'c'));
    const followed = follow();
    truncateSync(config);
    await setTimeout(150);
    appendFileSync(config, text('a'));
    await setTimeout(150);
    appendFileSync(config, '- name: b\n  context: {}\n- name: c\n  context: {}\n- name: d\n');
    await expectContexts(followed, 'a', 'b', 'c', 'd');
    expect(changes).toBe(1);
  });

  it('waits for the lock of kubectl, and not for one that was left behind', async () => {
    writeFileSync(config, text('a'));
    const followed = follow([config], { ...QUICK, lockMs: 1_000 });
    writeFileSync(`${config}.lock`, '');
    writeFileSync(config, text('a', 'b'));
    await setTimeout(400);
    expect(followed.current.contextNames).toEqual(['a']);
    await expectContexts(followed, 'a', 'b');
  });

  it('keeps what a file said that is broken now, and says so once', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {});
    writeFileSync(config, text('a'));
    const followed = follow();
    writeFileSync(config, 'contexts: [');
    await vi.waitFor(() => expect(followed.problems).toHaveLength(1), 5_000);
    expect(followed.problems[0]).toMatch(/^Kubeconfig 1 of 1 is not in force: .* at line 1/);
    expect(followed.problems[0]).not.toContain(config);
    expect(followed.current.contextNames).toEqual(['a']);
    await setTimeout(150);
    const problem = expect.stringContaining(`${config}: `) as string;
    expect(warn.mock.calls).toEqual([[expect.objectContaining({ problem })]]);
    writeFileSync(config, text('a'));
    await vi.waitFor(() => expect(followed.problems).toEqual([]), 5_000);
  });

  it('believes that a file is gone once it stays away', async () => {
    writeFileSync(config, text('a'));
    const followed = follow();
    rmSync(config);
    await setTimeout(150);
    expect(followed.current.contextNames).toEqual(['a']);
    await expectContexts(followed);
  });

  it('reads a large file beside the event loop', async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `context-${index}`);
    writeFileSync(config, text('a'));
    const followed = follow();
    writeFileSync(config, text('a', ...names));
    await vi.waitFor(() => expect(followed.current.contextNames).toHaveLength(5_001), 20_000);
    expect(followed.problems).toEqual([]);
  });

  it('is told nothing more once it is closed', async () => {
    writeFileSync(config, text('a'));
    const followed = follow();
    followed.close();
    writeFileSync(config, text('a', 'b'));
    await setTimeout(300);
    expect(changes).toBe(0);
  });
});
