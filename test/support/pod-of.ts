import { kubectl } from './kubectl.js';

/** The name of a pod of one of the shop's apps. */
export async function podOf(app: string, run = kubectl): Promise<string> {
  const path = 'jsonpath={.items[0].metadata.name}';
  return run('get', 'pods', '-n', 'shop', '-l', `app=${app}`, '-o', path);
}
