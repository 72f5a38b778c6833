import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes a chart into a folder, in place of what was there: its templates, and what belongs into
 * `crds/`, by file name.
 */
export function writeChart(
  folder: string,
  name: string,
  templates: Record<string, string>,
  definitions: Record<string, string> = {},
): void {
  const chart = join(folder, name);
  rmSync(chart, { recursive: true, force: true });
  const write = (path: string, files: Record<string, string>) => {
    mkdirSync(join(chart, path), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(chart, path, file), text);
  };
  write('.', { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n` });
  write('templates', templates);
  write('crds', definitions);
}
