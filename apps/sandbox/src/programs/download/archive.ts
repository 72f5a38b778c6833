import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';

/** Whether a compressed tar archive has a file at a path. */
export async function hasMember(archive: string, member: string): Promise<boolean> {
  const { stdout } = await execa('tar', ['-tzf', archive]);
  return stdout.split('\n').includes(member);
}

/** Writes one file of a compressed tar archive to a path. */
export async function extract(archive: string, member: string, target: string): Promise<void> {
  const tar = execa('tar', ['-xzOf', archive, member], { buffer: false });
  await Promise.all([pipeline(tar.stdout, createWriteStream(target)), tar]);
}
