import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseJson } from '#base';
import { ToolError } from '#tools';
import type { Release } from './release.js';

/** Bytes of a decoded release: an object of 1.5 MB, which etcd takes, could hold a thousand times more. */
const MAX_BYTES = 32 * 1024 * 1024;

const GZIP = Buffer.of(0x1f, 0x8b, 0x08);

const unzip = promisify(gunzip);

/** A release that is stored in a form that this server does not know. */
export class UndecodableRelease extends ToolError {
  constructor(where: string, cause: unknown) {
    super('failed', `${where} does not hold a release that can be decoded.`, { cause });
  }
}

/**
 * Decodes what helm stores of a release under the key `release`: base64 of JSON, gzipped unless it is from before Helm 2.
 * @param where the object that holds it, for the error
 * @throws UndecodableRelease
 */
export async function decodeRelease(where: string, text: string | undefined): Promise<Release> {
  const bytes = Buffer.from(text ?? '', 'base64');
  try {
    const isZipped = bytes.subarray(0, GZIP.length).equals(GZIP);
    const json = isZipped ? await unzip(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
    return readRelease(parseJson(json.toString()));
  } catch (error) {
    throw new UndecodableRelease(where, error);
  }
}

/**
 * A release without what no tool shows: the templates, files and schema of its chart.
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
