import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DownloadFailure } from './download-failure.js';
import type { ReleasedImage } from './releases.js';
import type { SourceOfFiles } from './source-of-files.js';
import { extract, hasMember } from './archive.js';

const KINDS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

interface Descriptor {
  digest: string;
  platform?: { os: string; architecture: string };
}

interface Manifest {
  /** Of an index: the manifest of each platform. */
  manifests?: Descriptor[];
  layers?: Descriptor[];
}

/**
 * Takes a program out of an image, by the protocol of registries (OCI distribution). Each document
 * and each layer has the digest that the one before names.
 * @param folder where layers are kept until all is there
 */
export async function imageProgram(
  source: SourceOfFiles,
  image: ReleasedImage,
  architecture: string,
  folder: string,
  target: string,
): Promise<void> {
  const { registry, repository, reference, member } = image;
  const base = `https://${registry}/v2/${repository}`;
  const read = async (wanted: string): Promise<Manifest> => {
    const url = `${base}/manifests/${wanted}`;
    const text = await source.text(url, { accept: KINDS });
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    if (wanted.startsWith('sha256:') && wanted !== digest) {
      throw new DownloadFailure(`${url} has the digest ${digest}. It was not used.`);
    }
    return JSON.parse(text) as Manifest;
  };
  let manifest = await read(reference);
  if (manifest.manifests) {
    const own = manifest.manifests.find(
      ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
    );
    if (!own) throw new DownloadFailure(`${base} has no image for linux/${architecture}.`);
    manifest = await read(own.digest);
  }
  // Programs are added last.
  for (const { digest } of (manifest.layers ?? []).toReversed()) {
    const sha256 = digest.replace('sha256:', '');
    const layer = join(folder, `${sha256}.tar.gz`);
    if (!existsSync(layer)) await source.file(`${base}/blobs/${digest}`, layer, sha256);
    if (await hasMember(layer, member)) return extract(layer, member, target);
  }
  throw new DownloadFailure(`${base}, ${reference}, has no file ${member}.`);
}
