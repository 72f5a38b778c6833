import { gunzipSync } from 'node:zlib';

/** Bytes of an unpacked chart: helm refuses larger ones. */
const MAX_BYTES = 100 * 1024 * 1024;

const BLOCK = 512;

/**
 * The types of files in an archive. Unknown types are refused, because they might be read in more
 * than one way.
 */
const FILE = new Set(['0', '\0', '7']);
const WITHOUT_CONTENT = new Set(['1', '2', '5']);
const LONG_NAME = 'L';
const LONG_LINK = 'K';
const EXTENDED = 'x';
const GLOBAL = 'g';

/** A file in an archive. */
export interface ArchivedFile {
  path: string;
  content: Buffer;
}

/** An archive that is not valid, or that may be read in more than one way. */
export class UnreadableArchive extends Error {
  override readonly name = 'UnreadableArchive';
}

/**
 * The files of a chart archive, a tar file (ustar, with the extensions of POSIX and GNU for long
 * names) that is compressed with gzip.
 * @throws UnreadableArchive
 */
export function archivedFiles(archive: Buffer): ArchivedFile[] {
  const tar = unzipped(archive);
  const files: ArchivedFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length;) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = WITHOUT_CONTENT.has(type) ? 0 : octal(header, 124, 12);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw new UnreadableArchive('it ends too early');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === LONG_NAME) longName = textIn(content, 0, size);
    else if (type === EXTENDED) longName = pathIn(content) ?? longName;
    else if (type === GLOBAL) pathIn(content);
    else if (FILE.has(type)) {
      files.push({ path: longName ?? nameIn(header), content });
      longName = undefined;
    } else if (WITHOUT_CONTENT.has(type)) longName = undefined;
    else if (type !== LONG_LINK)
      throw new UnreadableArchive('it contains something other than files and folders');
  }
  return files;
}

function unzipped(archive: Buffer): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    const isLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const why = isLarge ? 'it is larger than 100 MB when unpacked' : 'it is not compressed by gzip';
    throw new UnreadableArchive(why, { cause });
  }
}

function checkSum(header: Buffer): void {
  const sum = header.reduce(
    (total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte),
    0,
  );
  if (octal(header, 148, 8) !== sum) throw new UnreadableArchive('a header has a wrong checksum');
}

function octal(header: Buffer, at: number, length: number): number {
  const text = textIn(header, at, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new UnreadableArchive('a header has an invalid number');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function nameIn(header: Buffer): string {
  const name = textIn(header, 0, 100);
  const isPosix = header.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? textIn(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function textIn(bytes: Buffer, at: number, length: number): string {
  const [text = ''] = bytes.toString('utf8', at, at + length).split('\0');
  return text;
}

/**
 * The path that POSIX extended records give to the next file. Records that set the position or the
 * length of its content are refused.
 */
function pathIn(records: Buffer): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < records.length;) {
    const space = records.indexOf(' ', at);
    const length = Number(records.toString('latin1', at, space));
    if (space < 0 || !Number.isInteger(length) || length <= space - at) {
      throw new UnreadableArchive('a record has no length');
    }
    const record = records.toString('utf8', space + 1, at + length - 1);
    const key = record.slice(0, record.indexOf('='));
    if (key === 'size' || key.startsWith('GNU.sparse')) {
      throw new UnreadableArchive(`a record sets ${key}`);
    }
    if (key === 'path') path = record.slice(key.length + 1);
    at += length;
  }
  return path;
}
