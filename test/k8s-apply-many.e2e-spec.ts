import { beforeAll, expect, it } from 'vitest';
import { isRead } from './support/api-gate.js';
import { configMap, createObjects } from './support/manifest.js';
import { textOf } from './support/rest.js';
import { useApply } from './support/use-apply.js';
import { useGate } from './support/use-gate.js';

const door = useGate();
const { own, apply } = useApply('apply-many', door.env);

const maps = (prefix: string, count: number, color: string) =>
  Array.from({ length: count }, (_, index) =>
    configMap(`${prefix}-${index}`, { color }, { namespace: own.name }),
  );

/**
 * Applies ten objects. @returns what it says, and the names that it has read; "" for a page of the
 * list
 */
async function applyTen(prefix: string, color: string): Promise<{ text: string; reads: string[] }> {
  door.gate.passed.length = 0;
  const documents = maps(prefix, 10, color).map((map) => JSON.stringify(map));
  const text = textOf(await apply(documents.join('\n---\n')));
  const paths = door.gate.passed.filter(isRead).map(({ url }) => url ?? '');
  const reads = paths.flatMap((path) => /\/configmaps\/?([^?]*)/.exec(path)?.[1] ?? []);
  return { text, reads };
}

beforeAll(() => applyTen('wanted', 'green'));

it('lists nothing where all is new', async () => {
  expect((await applyTen('new', 'green')).reads).toEqual([]);
});

it('reads what changes from a few pages of a list, past many others', async () => {
  await createObjects(...maps('other', 30, 'grey'));
  const { text, reads } = await applyTen('wanted', 'blue');
  expect(text.match(/^configmap\/wanted-\d configured$/gm)).toHaveLength(10);
  expect(text.match(/^-  color: green\n\+  color: blue$/gm)).toHaveLength(10);
  expect(reads).toEqual(['', '', '']);
});

it('reads each one by itself where that list is long', async () => {
  await createObjects(...maps('more', 60, 'grey'));
  const { text, reads } = await applyTen('wanted', 'red');
  expect(text.match(/^-  color: blue\n\+  color: red$/gm)).toHaveLength(10);
  expect(reads.filter((name) => name === '')).toHaveLength(4);
  expect(reads.filter((name) => name !== '')).toHaveLength(10);
});
