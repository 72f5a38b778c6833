import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLIENTS } from './clients.js';
import { stepsIn } from './steps.js';

const HELPERS = /^steps\./;
const ROW = /^\| ([^|]+?) +\| `([^`]+)` ([\d.]+) +\| ([^|]*?) *\|(.*)\|$/gm;

const rows = [...readFileSync('docs/clients.md', 'utf8').matchAll(ROW)].map(
  ([, name, packageName, version, , cells = '']) => ({
    name,
    packageName,
    version,
    cells: cells.split('|').map((cell) => cell.trim()),
  }),
);

describe('the table of docs/clients.md', () => {
  it('has each program as a client', () => {
    const programs = readdirSync('test/clients/programs').filter((file) => !HELPERS.test(file));
    expect(CLIENTS.map(({ program }) => program).toSorted()).toEqual(programs.toSorted());
  });

  it('names each client and the version that is pinned', () => {
    expect(rows.map(({ name, packageName, version }) => [name, packageName, version])).toEqual(
      CLIENTS.map((client) => [client.name, client.package, client.version]),
    );
  });

  it('has a tick for each step, or says that the client has no means for it', () => {
    const steps = stepsIn('any').map(({ step }) => step);
    for (const { name, cells } of rows) {
      const good = cells.map((cell, index) => cell === '✓' || cell === `no ${steps[index]}`);
      expect([name, ...good]).toEqual([name, ...steps.map(() => true)]);
    }
  });
});
