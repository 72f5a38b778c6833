import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '#base';
import {
  Backoff,
  containerStatuses,
  ifFound,
  isAway,
  isFinished,
  LineSplitter,
  type Cluster,
  type LivePod,
  type Outage,
} from '#cluster';
import { ToolError } from '#tools';
import { LogPosition } from './log-position.js';
import type { LogSource } from './log-sources.js';
import { podPath } from '../pods/pod-path.js';

/** Milliseconds of silence after which an opened log is known to have no lines yet. */
const EMPTY_MS = 2_000;

type LogQuery = Record<string, string | number | boolean | undefined>;

/** A log to follow. */
export interface FollowedLog extends LogSource {
  cluster: Cluster;
  namespace: string;
  /** The pod as it was when the call began. */
  found: LivePod | undefined;
  /** The query of the first reading. */
  query: LogQuery;
  /** Most characters of a line. */
  maxLineChars: number;
  /** Milliseconds of silence after which it is read again: the connection may be dead. */
  maxSilentMs: number;
  /** Ends the following. */
  signal: AbortSignal;
  outage: Outage;
  /** Reports that the log cannot be read although the cluster is reachable. */
  tell: (message: string) => void;
}

/** A piece of a followed log: lines, or why there are no more. */
export type LogPiece = { lines: string[] } | { note: string };

/** How one reading of a log ended. */
interface End {
  /** Why it broke off; undefined if it ended regularly or was silent for too long. */
  failure: ToolError | undefined;
  /** Whether it ended regularly. It also does when a proxy closes the connection. */
  isClean: boolean;
  /** The last line, if it has no line end yet. */
  rest: string[];
  /** When it was opened, by `Date.now()`; undefined if it was not. */
  openedAt: number | undefined;
  hasLines: boolean;
}

/**
 * The lines of one container's log as they come, until it ends or the signal aborts. When the
 * connection breaks, or the cluster is unreachable for a while, reading continues where it stopped.
 * No line is given twice, and no line is lost that can still be read.
 * @throws ToolError if the first reading fails
 */
export async function* followLog(log: FollowedLog): AsyncGenerator<LogPiece, void> {
  const { signal, query, outage, found } = log;
  const position = new LogPosition();
  const backoff = new Backoff();
  // The log of a container that has ended gets no more lines.
  let isFinal = query['previous'] === true || (found && fateOf(log, found) === 'ended');
  let isPrevious = query['previous'] === true;
  let hasBegun = false;
  let emptySince: number | undefined;
  for (let failures = 0; ;) {
    let end: End;
    try {
      const now = hasBegun ? laterQuery(query, position.since, emptySince) : query;
      const options = { ...now, follow: !isFinal || undefined, previous: isPrevious || undefined };
      end = yield* readOnce(log, position, options);
    } catch (error) {
      if (!hasBegun || !(error instanceof ToolError)) throw error;
      yield { note: error.message };
      return;
    }
    if (signal.aborted) return;
    if (isFinal && end.isClean) {
      yield { lines: position.take(end.rest) };
      return;
    }
    const { failure, openedAt } = end;
    if (openedAt === undefined && !hasBegun && failure) throw failure;
    hasBegun = true;
    if (openedAt !== undefined && Date.now() - openedAt >= EMPTY_MS) emptySince ??= openedAt;
    failures = openedAt === undefined ? failures + 1 : 0;
    if (end.hasLines) backoff.reset();
    await sleep(backoff.next(), undefined, { signal }).catch(() => undefined);
    const look = await outage.survive(() => lookAt(log));
    if (!look || signal.aborted) return;
    const fate = look.pod ? fateOf(log, look.pod) : 'gone';
    if (fate === 'gone') {
      if (end.isClean) yield { lines: position.take(end.rest) };
      else yield { note: 'The pod is gone, and its last lines cannot be read.' };
      return;
    }
    if (fate !== 'running') isFinal = true;
    if (fate === 'restarted') isPrevious = true;
    if (failures === 2 && failure) {
      log.tell(`The log of ${log.pod}/${log.container} cannot be read now: ${failure.message}`);
    }
    position.resume();
  }
}

async function* readOnce(
  { cluster, namespace, pod, signal, maxLineChars, maxSilentMs }: FollowedLog,
  position: LogPosition,
  query: LogQuery,
): AsyncGenerator<LogPiece, End> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), maxSilentMs);
  const splitter = new LineSplitter(maxLineChars);
  const turns = new Turns();
  let failure: ToolError | undefined;
  let openedAt: number | undefined;
  let hasLines = false;
  try {
    const chunks = cluster.stream(`${podPath(namespace, pod)}/log`, {
      query: { ...query, timestamps: true },
      signal: AbortSignal.any([signal, silent.signal]),
      opened: () => (openedAt = Date.now()),
    });
    for await (const chunk of chunks) {
      timer.refresh();
      const lines = position.take(splitter.take(chunk));
      if (signal.aborted) break;
      if (lines.length > 0) {
        hasLines = true;
        yield { lines };
      }
      await turns.pass();
    }
  } catch (error) {
    if (!isAway(error)) throw error;
    failure = error;
  } finally {
    clearTimeout(timer);
  }
  const isClean = !failure && !silent.signal.aborted;
  return { failure, isClean, rest: splitter.rest(), openedAt, hasLines };
}

/**
 * The query by which reading continues.
 * @param emptySince when the log was seen to have no lines
 */
function laterQuery(
  query: LogQuery,
  since: string | undefined,
  emptySince: number | undefined,
): LogQuery {
  const { container, sinceSeconds, tailLines } = query;
  if (since !== undefined) return { container, sinceTime: since };
  if (emptySince === undefined) return query;
  // The log had no lines at all.
  if (sinceSeconds === undefined && tailLines !== 0) return { container };
  // The clock of the node may be a little behind.
  return { container, sinceTime: new Date(emptySince - EMPTY_MS).toISOString() };
}

async function lookAt({ cluster, namespace, pod, signal }: FollowedLog) {
  const reading = cluster.request<LivePod>(podPath(namespace, pod), { signal });
  return { pod: await ifFound(reading) };
}

type Fate = 'running' | 'ended' | 'restarted' | 'gone';

/** What happened to the container since the call began. */
function fateOf({ found, container }: FollowedLog, now: LivePod): Fate {
  const statusIn = (pod: LivePod | undefined) =>
    pod && containerStatuses(pod).find(({ name }) => name === container);
  const [before, after] = [statusIn(found), statusIn(now)];
  // Another pod may have taken the name.
  if (found && found.metadata.uid !== now.metadata.uid) return 'gone';
  if (before && after && before.restartCount !== after.restartCount) return 'restarted';
  const isRunning = after ? after.state?.running !== undefined : !isFinished(now);
  return isRunning ? 'running' : 'ended';
}
