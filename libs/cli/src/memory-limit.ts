import { execFile } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';

/**
 * Milliseconds between two checks. A program that fills 1 GB/s is ended within 50 MB of its limit.
 */
const LOOK_EVERY_MS = 50;

/** The same if each check starts `ps`. */
const LOOK_WITH_PS_EVERY_MS = 250;

/**
 * Watches the memory of a running program, and reports once when it is more than allowed. Child
 * processes do not count. On Linux it reads `/proc`. Elsewhere (macOS) it runs `ps`, less often.
 * @returns what stops it
 */
export function watchMemory(pid: number, maxBytes: number, onExceeded: () => void): () => void {
  const look = process.platform === 'linux' ? procReader(pid) : psReader(pid);
  if (!look) return () => undefined;
  const timer = setInterval(() => {
    look.read((bytes) => {
      if (bytes <= maxBytes) return;
      stop();
      onExceeded();
    });
  }, look.everyMs);
  timer.unref();
  let isStopped = false;
  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    clearInterval(timer);
    look?.close();
  }
  return stop;
}

interface MemoryReader {
  everyMs: number;
  read(tell: (bytes: number) => void): void;
  close(): void;
}

/** The file stays that of this process, even if its number is used again. */
function procReader(pid: number): MemoryReader | undefined {
  const buffer = Buffer.alloc(8_192);
  try {
    const file = openSync(`/proc/${pid}/status`, 'r');
    return {
      everyMs: LOOK_EVERY_MS,
      read: (tell) => {
        try {
          tell(memoryIn(buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0))));
        } catch {
          // It has ended.
        }
      },
      close: () => closeSync(file),
    };
  } catch {
    return undefined;
  }
}

/** Bytes in RAM and on swap, as `/proc/<pid>/status` tells them; 0 for a process that has ended. */
function memoryIn(status: string): number {
  return [...status.matchAll(/^Vm(?:RSS|Swap):\s+(\d+) kB$/gm)].reduce(
    (sum, [, kilobytes]) => sum + Number(kilobytes) * 1_024,
    0,
  );
}

function psReader(pid: number): MemoryReader {
  let isClosed = false;
  return {
    everyMs: LOOK_WITH_PS_EVERY_MS,
    read: (tell) =>
      void execFile('ps', ['-o', 'rss=', '-p', String(pid)], (_, stdout) => {
        if (!isClosed) tell(Number(stdout) * 1_024);
      }),
    close: () => {
      isClosed = true;
    },
  };
}
