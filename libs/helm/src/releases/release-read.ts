import { gunzipSync } from 'node:zlib';
import { parseJson } from '#base';
import { summaryOf, type Release, type ReleaseSummary } from './release.js';

/** Characters of what a release renders: its manifest, its hooks and its notes. */
const MAX_TEXT_CHARS = 8 * 1024 * 1024;

/**
 * Characters, as JSON, of everything else that is kept of a release. Turning them into objects
 * blocks the event loop.
 */
const MAX_DATA_CHARS = 2 * 1024 * 1024;

const GZIP = Buffer.of(0x1f, 0x8b, 0x08);

/** What a worker is to read. */
export interface ReadInput {
  /** JSON, gzipped or not. */
  bytes: Uint8Array;
  /** Bytes that it may unpack to. */
  maxBytes: number;
  /** What to read: all that is kept, or what lists show. */
  wanted: 'release' | 'summary';
}

/** What was read, and the bytes that were unpacked for it; or why nothing was. */
export type ReadOutput = { unpacked: number } & (
  { release: Release } | { summary: ReleaseSummary } | { tooLarge: string } | { broken: string }
);

/** Reads a release synchronously, which takes long for a large one. */
export function readWhole({ bytes, maxBytes, wanted }: ReadInput): ReadOutput {
  let json: Uint8Array;
  try {
    json = isZipped(bytes) ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
  } catch (error) {
    return isTooLarge(error)
      ? { unpacked: maxBytes, tooLarge: `it unpacks to more than ${maxBytes} bytes` }
      : { unpacked: bytes.length, broken: String(error) };
  }
  return {
    unpacked: json.length,
    ...readJson(Buffer.from(json.buffer, json.byteOffset, json.length), wanted),
  };
}

/** Reads a release that is unpacked. */
export function readJson(
  json: Buffer,
  wanted: ReadInput['wanted'],
): { release: Release } | { summary: ReleaseSummary } | { tooLarge: string } | { broken: string } {
  try {
    const release = readRelease(parseJson(json.toString()));
    if (wanted === 'summary') return { summary: summaryOf(release) };
    const tooLarge = excessOf(release);
    return tooLarge === undefined ? { release } : { tooLarge };
  } catch (error) {
    return { broken: String(error) };
  }
}

/** Whether bytes are gzipped, as all releases are since Helm 2. */
export function isZipped(bytes: Uint8Array): boolean {
  return GZIP.equals(bytes.subarray(0, GZIP.length));
}

/** Whether unpacking was given up because of the size. */
export function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

/**
 * A release without the parts that no tool shows: the templates, files and schema of its chart.
 * @param value JSON data, as helm stores or prints it
 * @throws Error when it is not a release
 */
export function readRelease(value: unknown): Release {
  const release = value as Partial<Release> | null;
  const { name, info, version = 0, namespace = '', chart, config, manifest = '' } = release ?? {};
  if (typeof name !== 'string' || typeof info?.status !== 'string') throw new Error('No release.');
  return {
    name,
    namespace,
    version,
    info,
    ...(chart && { chart: { metadata: chart.metadata, values: chart.values } }),
    ...(config && { config }),
    manifest,
    hooks: release?.hooks ?? [],
  };
}

/** Why a release is too large to be kept; undefined if it is not. */
function excessOf({ manifest, hooks, info, chart, config }: Release): string | undefined {
  const { notes = '', ...rest } = info;
  const texts = manifest.length + notes.length + JSON.stringify(hooks).length;
  if (texts > MAX_TEXT_CHARS) return `its manifests have more than ${MAX_TEXT_CHARS} characters`;
  const data = JSON.stringify([rest, chart, config]).length;
  return data > MAX_DATA_CHARS
    ? `its values have more than ${MAX_DATA_CHARS} characters`
    : undefined;
}
