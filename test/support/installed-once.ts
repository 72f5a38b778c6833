import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder in the user's cache, for what takes long to install. Later runs find it again.
 * @param name below `skyflo-mcp`, another one for each version
 * @param install fills a new folder, which is then moved: nothing in it may need its path
 */
export async function installedOnce(
  name: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'skyflo-mcp', name);
  if (existsSync(folder)) return folder;
  // What is half installed must never be found.
  const fresh = `${folder}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  try {
    await install(fresh);
    // Another run may have been quicker.
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}
