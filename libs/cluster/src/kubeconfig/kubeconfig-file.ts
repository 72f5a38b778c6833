import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isNoSuchFile, runInWorker } from '#base';
import {
  documentOf,
  nothingOf,
  parseKubeconfig,
  SECTIONS,
  type KubeconfigDocument,
  type ParsedText,
} from './kubeconfig-document.js';

/** Milliseconds for which a change must stand before it counts. */
export interface SettleTimes {
  /** Any change: whoever writes the file may not have finished. */
  settleMs: number;
  /** One that takes something away, or that cannot be read: half of a file looks like that too. */
  doubtMs: number;
  /** The longest for which a lock of kubectl (`config.lock`) holds a change up. */
  lockMs: number;
}

export const SETTLE_TIMES: SettleTimes = { settleMs: 100, doubtMs: 2_000, lockMs: 10_000 };

/** Characters from which a text is parsed in a worker thread, as it would hold up calls. */
const LEAST_FOR_WORKER = 64 * 1024;
const PARSE_LIMIT_MS = 30_000;
const WORKER = new URL('./kubeconfig.worker.js', import.meta.url);

/** What is found at a path. */
type Found = { text: string } | { problem: string } | undefined;

/** What was found, before it counts. */
interface Candidate {
  key: string;
  since: number;
  document: KubeconfigDocument | undefined;
  endsInLine: boolean;
}

/** A look at the file: whether something else is in force now, and when to look again. */
export interface Look {
  isNew: boolean;
  againInMs?: number;
}

/**
 * A kubeconfig file that is followed. A file that is broken leaves in force what it said before;
 * one that is gone says nothing.
 */
export class KubeconfigFile {
  /** What is in force. Undefined for a file that is not there. */
  document: KubeconfigDocument | undefined;
  /** Why the file is not what is in force, or not all of it. */
  problems: readonly string[] = [];
  /** Of what was looked at last. */
  private key: string;
  private endsInLine: boolean;
  private candidate: Candidate | undefined;

  constructor(
    readonly path: string,
    private readonly times = SETTLE_TIMES,
  ) {
    const found = foundBy(() => readFileSync(path, 'utf8'));
    this.key = keyOf(found);
    this.endsInLine = endsInLine(found);
    this.document = read(path, found, textOf(found) && parseKubeconfig(textOf(found)!));
    this.problems = this.document?.problems ?? [];
  }

  async look(): Promise<Look> {
    const found = await readFile(this.path, 'utf8').then((text) => ({ text }), failureOf);
    const key = keyOf(found);
    if (key === this.key) {
      this.candidate = undefined;
      return { isNew: false };
    }
    const now = performance.now();
    if (this.candidate?.key !== key) {
      const text = textOf(found);
      const document = read(this.path, found, text && (await parseBesides(text)));
      this.candidate = { key, since: now, document, endsInLine: endsInLine(found) };
    }
    const againInMs = await this.waitingMs(this.candidate, now);
    if (againInMs > 0) return { isNew: false, againInMs };
    this.take(this.candidate);
    return { isNew: true };
  }

  private async waitingMs(candidate: Candidate, now: number): Promise<number> {
    const { settleMs, doubtMs } = this.times;
    const waitMs = this.isDoubtful(candidate) ? doubtMs : settleMs;
    const restMs = candidate.since + waitMs - now;
    return restMs <= 0 && (await this.isLocked()) ? settleMs : restMs;
  }

  /** Whether it may be a part of what is being written. */
  private isDoubtful({ document, endsInLine: isEnded }: Candidate): boolean {
    if (!document || document.problems.length > 0) return true;
    if (this.endsInLine && !isEnded) return true;
    return SECTIONS.some((section) =>
      [...(this.document?.sections[section].keys() ?? [])].some(
        (name) => !document.sections[section].has(name),
      ),
    );
  }

  /** A lock that somebody has left behind counts for nothing. */
  private async isLocked(): Promise<boolean> {
    const lock = await stat(`${this.path}.lock`).catch(() => undefined);
    return lock !== undefined && Date.now() - lock.mtimeMs < this.times.lockMs;
  }

  private take({ key, document, endsInLine: isEnded }: Candidate): void {
    this.key = key;
    this.candidate = undefined;
    this.problems = document?.problems ?? [];
    if (this.problems.length > 0 && this.document !== undefined) return;
    this.document = document;
    this.endsInLine = isEnded;
  }
}

function foundBy(readText: () => string): Found {
  try {
    return { text: readText() };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): Found {
  if (isNoSuchFile(error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  return { problem: code ?? 'unreadable' };
}

function textOf(found: Found): string | undefined {
  return found && 'text' in found ? found.text : undefined;
}

function read(
  path: string,
  found: Found,
  parsed: ParsedText | '' | undefined,
): KubeconfigDocument | undefined {
  if (found === undefined) return undefined;
  if ('problem' in found) return nothingOf(`cannot be read (${found.problem})`);
  return documentOf(path, parsed || { value: {} });
}

async function parseBesides(text: string): Promise<ParsedText> {
  if (text.length < LEAST_FOR_WORKER) return parseKubeconfig(text);
  try {
    return await runInWorker<ParsedText>(WORKER, text, { timeoutMs: PARSE_LIMIT_MS });
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** The credentials of the file need not be kept in memory twice. */
function keyOf(found: Found): string {
  if (found === undefined) return 'no file';
  if ('problem' in found) return found.problem;
  return createHash('sha256').update(found.text).digest('base64');
}

function endsInLine(found: Found): boolean {
  return textOf(found)?.endsWith('\n') ?? false;
}
