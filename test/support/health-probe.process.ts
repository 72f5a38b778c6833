import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 20;

const [url = '', pid = '', mayEnd] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/**
 * Milliseconds that the main thread of the server, which runs its event loop, has computed
 * (proc_pid_schedstat, in nanoseconds).
 */
function computedMs(): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8');
  return Number(stat.split(' ', 1)[0]) / 1e6;
}

function askHealth(): Promise<void> {
  return new Promise((resolve, reject) => {
    get(`${url}/health`, { agent }, (response) => {
      response.resume().once('end', resolve);
    }).once('error', reject);
  });
}

const end = new AbortController();
process.once('message', () => end.abort());
process.once('disconnect', () => process.exit());

let waitedMs = 0;
let heldMs = 0;
async function probe(): Promise<void> {
  while (!end.signal.aborted) {
    const [computed, startedAt] = [computedMs(), performance.now()];
    await askHealth();
    const waited = performance.now() - startedAt;
    waitedMs = Math.max(waitedMs, waited);
    // What another process took from the server in that time is not the server's doing.
    heldMs = Math.max(heldMs, Math.min(waited, computedMs() - computed));
    await sleep(EVERY_MS);
  }
}

// Opens the connection.
await askHealth();
process.send?.('ready');
try {
  await probe();
} catch (error) {
  if (mayEnd === undefined) throw error;
  if (!end.signal.aborted) await once(end.signal, 'abort');
}
agent.destroy();
process.send?.({ waitedMs, heldMs });
