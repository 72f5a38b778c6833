import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { runInWorker, WorkTooLarge } from '#base';
import { ToolError } from '#tools';
import { isTooLarge, isZipped, readJson, type ReadInput, type ReadOutput } from './release-read.js';
import type { Release, ReleaseSummary } from './release.js';

/** Bytes of a decoded release that are read in this thread. A worker reads larger ones. */
const SMALL_BYTES = 256 * 1024;

/**
 * Maximum bytes of a decoded release: an object of 1.5 MB, the limit of etcd, could hold a thousand
 * times more.
 */
const MAX_BYTES = 32 * 1024 * 1024;

/** Milliseconds that reading one release may take, including the wait for other work. */
const LIMIT_MS = 15_000;

const unzip = promisify(gunzip);

/** A release that is stored in a form that this server does not know. */
export class UndecodableRelease extends ToolError {
  constructor(where: string, cause: unknown) {
    super('failed', `${where} does not hold a release that can be decoded.`, { cause });
  }
}

/** A release that holds more than this server reads. */
export class TooLargeRelease extends ToolError {
  constructor(
    where: string,
    reason: string,
    /** Bytes that were unpacked before reading was given up. */
    readonly unpacked: number,
    /**
     * Whether another attempt would fail too. One that took too long may have waited for other
     * work.
     */
    readonly isForGood: boolean,
  ) {
    super('failed', `${where} holds a release that is too large to be read here: ${reason}.`);
  }
}

/**
 * Decodes what helm stores of a release under the key `release`: base64 of JSON, gzipped unless it
 * is from before Helm 2.
 * @param where the object that holds it, for the error
 * @throws UndecodableRelease, TooLargeRelease
 */
export async function decodeRelease(
  where: string,
  text: string,
  signal: AbortSignal,
): Promise<Release> {
  const read = await decode(where, Buffer.from(text, 'base64'), 'release', signal);
  return (read as { release: Release }).release;
}

/** What lists show of a release, and the bytes that it unpacked to. Throws as `decodeRelease`. */
export async function decodeSummary(
  where: string,
  text: string,
  signal: AbortSignal,
): Promise<{ summary: ReleaseSummary; unpacked: number }> {
  const read = await decode(where, Buffer.from(text, 'base64'), 'summary', signal);
  return read as { summary: ReleaseSummary; unpacked: number };
}

/** Reads a release that helm has printed as JSON. Throws as `decodeRelease`. */
export async function parseRelease(json: string, signal: AbortSignal): Promise<Release> {
  const read = await decode('helm', Buffer.from(json), 'release', signal);
  return (read as { release: Release }).release;
}

async function decode(
  where: string,
  bytes: Buffer,
  wanted: ReadInput['wanted'],
  signal: AbortSignal,
): Promise<ReadOutput> {
  const read =
    (await readSmall(where, bytes, wanted)) ?? (await readLarge(where, bytes, wanted, signal));
  if ('broken' in read) throw new UndecodableRelease(where, read.broken);
  if ('tooLarge' in read) {
    throw new TooLargeRelease(where, read.tooLarge, read.unpacked, true);
  }
  return read;
}

async function readSmall(
  where: string,
  bytes: Buffer,
  wanted: ReadInput['wanted'],
): Promise<ReadOutput | undefined> {
  if (bytes.length > SMALL_BYTES) return undefined;
  try {
    const json = isZipped(bytes) ? await unzip(bytes, { maxOutputLength: SMALL_BYTES }) : bytes;
    return { unpacked: json.length, ...readJson(json, wanted) };
  } catch (error) {
    if (isTooLarge(error)) return undefined;
    throw new UndecodableRelease(where, error);
  }
}

async function readLarge(
  where: string,
  bytes: Buffer,
  wanted: ReadInput['wanted'],
  signal: AbortSignal,
): Promise<ReadOutput> {
  const file = new URL('./release-read.worker.js', import.meta.url);
  const input: ReadInput = { bytes, maxBytes: MAX_BYTES, wanted };
  try {
    return await runInWorker(file, input, { signal, timeoutMs: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof WorkTooLarge)) throw error;
    throw new TooLargeRelease(where, error.message, MAX_BYTES, false);
  }
}
