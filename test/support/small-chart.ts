import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { helm } from './helm.js';

/** The files of a chart by their paths; `Chart.yaml` is added. */
export type ChartFiles = Record<string, string>;

/** Writes a chart into a folder, in place of one that is there, and gives its path. */
export function writeChart(folder: string, name: string, files: ChartFiles): string {
  const chart = join(folder, name);
  rmSync(chart, { recursive: true, force: true });
  const own = { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n` };
  for (const [path, text] of Object.entries({ ...own, ...files })) {
    mkdirSync(dirname(join(chart, path)), { recursive: true });
    writeFileSync(join(chart, path), text);
  }
  return chart;
}

/** The path of the archive of a chart, in a folder. */
export async function packageChart(
  folder: string,
  name: string,
  files: ChartFiles,
): Promise<string> {
  const chart = writeChart(join(folder, 'sources'), name, files);
  await helm('package', chart, '--destination', folder);
  return join(folder, `${name}-1.0.0.tgz`);
}
