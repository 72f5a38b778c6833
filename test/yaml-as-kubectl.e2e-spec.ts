import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { readDocuments } from '#cluster';
import { testSandbox } from './support/sandbox.js';
import { yamlCases } from './support/yaml-cases.js';

type Named = Record<string, unknown> & { metadata?: { name?: string } };

/**
 * What kubectl makes of each text, by the name of its object; undefined where it refuses the text.
 */
async function asKubectl(
  cases: readonly { name: string; text: string }[],
): Promise<Map<string, Named>> {
  const folder = await mkdtemp(join(tmpdir(), 'yaml-cases-'));
  try {
    for (const { name, text } of cases) await writeFile(join(folder, `${name}.yaml`), text);
    const args = ['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', folder];
    // It ends with an error, as some of the texts are refused.
    const { stdout } = await execa('kubectl', args, { env: testSandbox().env, reject: false });
    const objects = await readDocuments('stdout', stdout, new AbortController().signal);
    return new Map(
      objects.map(({ value }) => [(value as Named).metadata?.name ?? '', value as Named]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

const LIMIT = 2n ** 63n;

/**
 * Numbers beyond 64 bits with a sign as kubectl rounds them, which this server leaves to the API
 * server.
 */
function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return -LIMIT < value && value < LIMIT ? value : Number(value);
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
}

describe(readDocuments, () => {
  it('reads what kubectl reads as kubectl does, and refuses what it refuses', async () => {
    const cases = yamlCases();
    const wanted = await asKubectl(cases);
    expect(wanted.size).toBeGreaterThan(400);
    const differences: unknown[] = [];
    for (const { name, text } of cases) {
      const options = { lastKeyCounts: true };
      const signal = new AbortController().signal;
      // As an apply reads it.
      const read = await readDocuments('content', `${text}\n`, signal, options).catch(() => []);
      const got = read[0]?.value as Named | undefined;
      const want = wanted.get(name);
      // kubectl adds the namespace.
      const expected = want && { ...want, metadata: { name } };
      const seen = JSON.stringify(rounded(got));
      if (!isEqual(rounded(got), rounded(expected))) {
        differences.push({ text, got: seen, want: JSON.stringify(expected) });
      }
    }
    expect(differences).toEqual([]);
  });
});

function isEqual(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
