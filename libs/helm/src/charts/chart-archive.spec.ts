import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { archivedFiles, UnreadableArchive } from './chart-archive.js';

const LONG = `web/${'deep/'.repeat(40)}values.schema.json`;

/** What the real tar makes of some files. */
function tarOf(format: string, files: Record<string, string>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'chart-archive-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync('Chart.yaml', join(folder, 'web/link'));
  execFileSync('tar', ['-czf', 'out.tgz', `--format=${format}`, 'web'], { cwd: folder });
  return readFileSync(join(folder, 'out.tgz'));
}

/** A header of ustar whose fields are as given. */
function headerOf({ name = 'web/a', size = '1', type = '0' }): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(size.padStart(11, '0'), 124);
  header.write(type, 156);
  header.write('ustar\0', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const block = (text: string) => Buffer.concat([Buffer.from(text), Buffer.alloc(512 - text.length)]);

describe(archivedFiles, () => {
  it.each(['ustar', 'gnu', 'pax', 'v7'])('reads an archive of the format %s', (format) => {
    const long = format === 'v7' ? {} : { [LONG]: '{}' };
    const files = {
      'web/Chart.yaml': 'name: web\n',
      'web/values.yaml': 'a: 1\n'.repeat(300),
      ...long,
    };
    const found = archivedFiles(tarOf(format, files));
    const texts = found.map(({ path, content }) => [path, content.toString()] as const);
    expect(Object.fromEntries(texts)).toEqual(files);
  });

  it('reads on after the end of one of several parts that are compressed by themselves', () => {
    const parts = [headerOf({}), block('x'), headerOf({ name: 'web/b' }), block('y')];
    const archive = Buffer.concat([
      gzipSync(Buffer.concat(parts.slice(0, 2))),
      gzipSync(Buffer.concat(parts.slice(2))),
    ]);
    expect(archivedFiles(archive).map(({ path }) => path)).toEqual(['web/a', 'web/b']);
  });

  it.each([
    ['no gzip', Buffer.from('apiVersion: v2\n')],
    ['a header with a wrong checksum', gzipSync(headerOf({}).fill('x', 0, 1))],
    ['less content than said', gzipSync(Buffer.concat([headerOf({ size: '7777' }), block('x')]))],
    ['a kind of file that charts have no use for', gzipSync(headerOf({ type: 'S', size: '0' }))],
    [
      'a record that says where the content is',
      gzipSync(Buffer.concat([headerOf({ type: 'x', size: '17' }), block('13 size=1000\n')])),
    ],
    ['more than helm takes', gzipSync(Buffer.alloc(101 * 1024 * 1024))],
  ])('refuses %s', (_, archive) => {
    expect(() => archivedFiles(archive)).toThrow(UnreadableArchive);
  });
});
