import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/** Milliseconds between two looks at the load. */
const LOOK_INTERVAL_MS = 2_000;

/** Share of time in which the event loop works. Below it, the server is quiet. */
const MAX_QUIET_UTILIZATION = 0.2;

/** What V8 is told while the server is quiet, and while it is not. */
const QUIET_FLAGS = ['--optimize-for-size', '--bytecode-old-age=1'];
const BUSY_FLAGS = ['--no-optimize-for-size', '--bytecode-old-age=6'];

/**
 * Gives memory back after a busy time. V8 keeps garbage while little is allocated, which may be for
 * ever. While the server is quiet, V8 is told to optimize for memory. Its memory reducer then
 * collects the garbage of all threads in small steps, within about ten seconds.
 */
export function giveMemoryBackWhenQuiet(): void {
  let before = performance.eventLoopUtilization();
  let isQuiet = false;
  const look = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    if (utilization < MAX_QUIET_UTILIZATION === isQuiet) return;
    isQuiet = !isQuiet;
    for (const flag of isQuiet ? QUIET_FLAGS : BUSY_FLAGS) setFlagsFromString(flag);
  };
  setInterval(look, LOOK_INTERVAL_MS).unref();
}
