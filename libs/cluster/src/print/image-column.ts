import { isRecord } from '#base';
import type { Table } from '../lists/table.js';

/** The lists of a pod's containers, with what follows the images of each. */
const CONTAINERS = [
  ['containers', ''],
  ['initContainers', ' (init)'],
  ['ephemeralContainers', ' (ephemeral)'],
] as const;

/** A Table of pods with a further column, for wide output: the images, each once. */
export function addImages(table: Table): Table {
  const image = { name: 'Images', type: 'string', priority: 1 };
  return {
    ...table,
    columnDefinitions: [...table.columnDefinitions, image],
    rows: table.rows.map((row) => ({ ...row, cells: [...row.cells, imagesOf(row.object)] })),
  };
}

function imagesOf(pod: Record<string, unknown> | undefined): string {
  const spec = pod?.['spec'];
  if (!isRecord(spec)) return '<none>';
  const images = CONTAINERS.flatMap(([list, mark]) => {
    const containers = spec[list];
    if (!Array.isArray(containers)) return [];
    return containers.filter(isRecord).map(({ image }) => `${String(image)}${mark}`);
  });
  return [...new Set(images)].join(',') || '<none>';
}
