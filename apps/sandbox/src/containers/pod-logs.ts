import {
  appendFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { crashLog, criLine, logLinesOf } from './log-lines.js';

/** A pod as far as its logs go. */
export interface LoggingPod {
  metadata: { name: string; namespace: string; uid: string; deletionTimestamp?: string };
  status?: {
    containerStatuses?: {
      name: string;
      state?: { running?: object; waiting?: { reason?: string } };
      lastState?: { terminated?: object };
    }[];
  };
}

/** The past that a new container's log is given, so that `since` has something to leave out. */
const history = { lines: 20, everyMs: 30_000 };
const maxBytes = 2_000_000;

/** The log files of one pod. */
export class PodLogs {
  private readonly running: string[] = [];
  private readonly crashed: string[] = [];
  private number = history.lines;

  constructor(
    private readonly folder: string,
    pod: LoggingPod,
  ) {
    for (const { name, state, lastState } of pod.status?.containerStatuses ?? []) {
      if (state?.running !== undefined) this.running.push(name);
      else if (lastState?.terminated !== undefined) this.crashed.push(name);
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of this.running) this.writeHistory(name);
    for (const name of this.crashed) this.writeCrash(name);
  }

  /**
   * The spec of kwok's Logs for this pod. A container that never started has no entry, so that
   * asking for its logs is an error, as on a real node.
   */
  spec() {
    return {
      logs: [
        ...this.running.map((name) => ({ containers: [name], logsFile: this.file(name) })),
        ...this.crashed.map((name) => ({
          containers: [name],
          logsFile: this.file(name),
          previousLogsFile: this.file(name, 'previous'),
        })),
      ],
    };
  }

  /** Adds the next line to the log of every running container. */
  append(): void {
    this.number += 1;
    for (const name of this.running) {
      const { stream, text } = logLinesOf(name)(this.number);
      const file = this.file(name);
      if (existsSync(file) && statSync(file).size > maxBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, criLine(new Date(), stream, text));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private writeHistory(container: string): void {
    const file = this.file(container);
    if (existsSync(file)) return;
    const now = Date.now();
    const lines = Array.from({ length: history.lines }, (_, number) => {
      const { stream, text } = logLinesOf(container)(number + 1);
      return criLine(new Date(now - (history.lines - number) * history.everyMs), stream, text);
    });
    writeFileSync(file, lines.join(''));
  }

  /** Both the last run and the one before it died in the same way. */
  private writeCrash(container: string): void {
    for (const [which, agoMs] of [['', 60_000] as const, ['previous', 400_000] as const]) {
      const start = Date.now() - agoMs;
      const lines = crashLog.map((text, index) =>
        criLine(new Date(start + index * 400), index < 2 ? 'stdout' : 'stderr', text),
      );
      writeFileSync(this.file(container, which), lines.join(''));
    }
  }

  private file(container: string, which = ''): string {
    return join(this.folder, `${container}${which && `-${which}`}.log`);
  }
}
