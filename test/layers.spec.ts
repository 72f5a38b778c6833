import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALONE, FLOORS, SERVER } from './support/floors.js';

/** An import as it stands in a file. */
interface Import {
  file: string;
  /** `libs/NAME` or `apps/NAME`. */
  from: string;
  to: string;
}

const SPECIFIER = /(?:\bfrom |\bimport\(|^import |\bURL\()'((?:\.{1,2}\/|#)[^']*)'/gm;

const FILES = globSync('{apps,libs}/*/src/**/*.ts');

/** The imports within the project, by the names of libs and by relative paths. */
function importsOf(file: string): (Import & { path: string })[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(SPECIFIER)].map(([, specifier = '']) => {
    const path = specifier.startsWith('#')
      ? `${specifier === '#sandbox' ? 'apps' : 'libs'}/${specifier.slice(1)}`
      : normalize(join(dirname(file), specifier)).replace(/^dist\//, '');
    return { file, from: partOf(file), to: partOf(path), path };
  });
}

function partOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** How high a part of the project stands. */
function floorOf(part: string): number {
  if (part === SERVER) return FLOORS.length + 1;
  const floor = FLOORS.findIndex((libs) => libs.includes(part.replace('libs/', '')));
  return floor < 0 ? FLOORS.length : floor;
}

function mayImport({ from, to }: Import): boolean {
  if (from === to) return true;
  if (ALONE.includes(from) || to.startsWith('apps/')) return false;
  return floorOf(to) < floorOf(from);
}

/** The room of a file within its lib; a file outside of all rooms is one for itself. */
function roomOf(path: string): string {
  const [, , , first = '', ...rest] = path.split('/');
  return rest.length === 0 ? first.replace(/\.[jt]s$/, '') : first;
}

/** The rooms that stand on a way which leads back to its beginning. */
function knotsOf(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reach = (from: string) => {
    const seen = new Set<string>();
    const next = [...(arrows.get(from) ?? [])];
    for (let room = next.pop(); room !== undefined; room = next.pop()) {
      if (seen.has(room)) continue;
      seen.add(room);
      next.push(...(arrows.get(room) ?? []));
    }
    return seen;
  };
  return [...arrows.keys()].filter((room) => reach(room).has(room));
}

describe('imports', () => {
  it('point from higher floors to lower ones', () => {
    const imports = FILES.flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(FILES.length);
    expect(
      imports.filter((one) => !mayImport(one)).map(({ file, to }) => `${file} → ${to}`),
    ).toEqual([]);
  });

  const parts = [...new Set(FILES.map(partOf))];
  it.each(parts)('of the rooms in %s point one way', (part) => {
    const arrows = new Map<string, Set<string>>();
    const own = FILES.filter((file) => partOf(file) === part && !file.endsWith('.spec.ts'));
    for (const { file, to, path } of own.flatMap(importsOf)) {
      const [from, target] = [roomOf(file), roomOf(path)];
      if (to !== part || from === target) continue;
      arrows.set(from, (arrows.get(from) ?? new Set()).add(target));
    }
    expect(knotsOf(arrows)).toEqual([]);
  });
});

describe('folders', () => {
  it('hold about 25 files at most', () => {
    const counts = new Map<string, number>();
    for (const file of FILES.filter((path) => !path.endsWith('.spec.ts'))) {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 26)).toEqual([]);
  });
});
