import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { LivePolicy } from './live-policy.js';

const KNOWN = { tools: ['k8s_delete'], categories: ['k8s'] };
const DELETE = { name: 'k8s_delete', category: 'k8s', effects: ['delete'] } as const;

let folder: string;
let live: LivePolicy | undefined;
let errors: MockInstance;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  vi.spyOn(Logger.prototype, 'log').mockReturnValue();
  errors = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
});

afterEach(async () => {
  live?.close();
  live = undefined;
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

async function open(source: string): Promise<LivePolicy> {
  live = await LivePolicy.open({ source, known: KNOWN, localPrincipal: 'local', lookMs: 5 });
  return live;
}

function mayDelete(id = 'ann'): boolean | undefined {
  return live?.engine.decideTool({ id, name: id, groups: [] }, DELETE).allowed;
}

describe(LivePolicy.name, () => {
  it.each([
    ['', 'local', true],
    ['', 'ann', false],
    ['read-only', 'local', false],
    ['operator', 'ann', true],
  ])('needs no file for "%s": %s may delete: %s', async (source, id, expected) => {
    await open(source);
    expect(mayDelete(id)).toBe(expected);
  });

  it('takes up a file that is written again', async () => {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, 'use: read-only');
    await open(file);
    expect(mayDelete()).toBe(false);
    await writeFile(file, 'use: operator');
    await vi.waitFor(() => expect(mayDelete()).toBe(true));
  });

  it('tells when another policy has come into force', async () => {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, 'use: read-only');
    const seen: (boolean | undefined)[] = [];
    const onReplaced = () => seen.push(mayDelete());
    live = await LivePolicy.open({
      source: file,
      known: KNOWN,
      localPrincipal: 'local',
      lookMs: 5,
      onReplaced,
    });
    await writeFile(file, 'use: nothing-that-is');
    await vi.waitFor(() => expect(live?.failure).toBeDefined());
    expect(seen).toEqual([]);
    await writeFile(file, 'use: operator');
    await vi.waitFor(() => expect(seen).toEqual([true]));
  });

  it('takes up a file that an editor puts in its place', async () => {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, 'use: read-only');
    await open(file);
    for (const [ready, expected] of [
      ['operator', true],
      ['read-only', false],
    ] as const) {
      await writeFile(`${file}.new`, `use: ${ready}`);
      await rename(`${file}.new`, file);
      await vi.waitFor(() => expect(mayDelete()).toBe(expected));
    }
  });

  it('takes up a folder that Kubernetes puts in its place', async () => {
    const put = async (version: string, text: string) => {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'policy.yaml'), text);
      await symlink(version, join(folder, '..data_tmp'));
      await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    await put('..1', 'use: read-only');
    await symlink('..data/policy.yaml', join(folder, 'policy.yaml'));
    await open(join(folder, 'policy.yaml'));
    expect(mayDelete()).toBe(false);
    await put('..2', 'use: operator');
    await rm(join(folder, '..1'), { recursive: true });
    await vi.waitFor(() => expect(mayDelete()).toBe(true));
    expect(live?.failure).toBeUndefined();
  });

  it('keeps the old policy while the file is wrong, and says so once', async () => {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, 'use: operator');
    await open(file);
    const failure = `${file}:1:6: There is no ready policy "reed-only". There are read-only, operator, admin. Nearest: read-only.`;
    await writeFile(file, 'use: reed-only');
    await vi.waitFor(() => expect(live?.failure).toBe(failure));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(mayDelete()).toBe(true);
    expect(errors).toHaveBeenCalledOnce();
    await writeFile(file, 'use: read-only');
    await vi.waitFor(() => expect(live?.failure).toBeUndefined());
    expect(mayDelete()).toBe(false);
  });

  it('keeps the policy of a file that is gone, and is well again when it is back', async () => {
    const file = join(folder, 'policy.yaml');
    await writeFile(file, 'use: operator');
    await open(file);
    await rename(file, `${file}.old`);
    await vi.waitFor(() => expect(live?.failure).toBe(`${file}:1:1: There is no such file.`));
    expect(mayDelete()).toBe(true);
    await rename(`${file}.old`, file);
    await vi.waitFor(() => expect(live?.failure).toBeUndefined());
  });

  it('does not start with a file that is wrong or missing', async () => {
    const file = join(folder, 'policy.yaml');
    await expect(open(file)).rejects.toThrow('There is no such file.');
    await expect(open(folder)).rejects.toThrow('It is no file.');
    await writeFile(file, 'use: all');
    await expect(open(file)).rejects.toThrow(`${file}:1:6: There is no ready policy "all".`);
  });
});
