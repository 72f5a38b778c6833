import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

/** Between two looks at how much there is to do, in milliseconds. */
const LOOK_INTERVAL_MS = 2_000;

/** Share of the time in which the event loop is at work, below which there is little to do. */
const MAX_QUIET_UTILIZATION = 0.2;

/**
 * Gives memory back that a time with much to do has left. V8 keeps its garbage for as long as
 * little is allocated, which may be for ever. While there is little to do it
 * is told to care more for memory than for speed: its memory reducer then collects within some ten
 * seconds, in small steps, here and in the threads.
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
    setFlagsFromString(isQuiet ? '--optimize-for-size' : '--no-optimize-for-size');
  };
  setInterval(look, LOOK_INTERVAL_MS).unref();
}
