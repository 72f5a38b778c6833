import { inOrder, merge } from '#base';
import { notStarted, Outage, type Cluster, type LivePod, type Pod } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { sinceSeconds } from './duration.js';
import type { LogsDto } from './logs.dto.js';
import { EqualLines } from './equal-lines.js';
import { KeptLines } from './kept-lines.js';
import { lineFilter, type LineFilter } from './line-filter.js';
import { followLog } from './log-follow.js';
import { logSources, type LogSource } from './log-sources.js';
import { podsOf } from './log-targets.js';
import { noPreviousRun } from './previous-run.js';
import { podPath } from '../pods/pod-path.js';

/** Most logs that one call reads: each followed log holds a connection. */
const MAX_SOURCES = 100;

/** Logs that are read at a time when they are not followed. */
const CONCURRENCY = 8;

/** Most characters of a line: what is beyond is data that no one reads. */
const MAX_LINE_CHARS = 256 * 1024;

/** Milliseconds of reading one log through, after which only its end is read. */
const MAX_READING_MS = 15_000;

/** Lines of that end. */
const END_LINES = 1_000;

/** Milliseconds after which a silent followed log is read again. */
const MAX_SILENT_MS = 30_000;

/** What is read: some logs of one namespace, and how. */
interface Reading {
  cluster: Cluster;
  pods: readonly Pod[];
  query: LogsDto;
  filter: LineFilter | undefined;
  sinceSeconds: number | undefined;
  call: ToolCall;
  /** The prefix of each line; empty for a single log. */
  prefixOf: (source: LogSource) => string;
}

/**
 * Reads the logs of containers from the API server. Yields the wanted lines as they come; one piece
 * may have several lines. With `follow` it ends at the query's time limit.
 * @throws ToolError `not_found`; `invalid_input` if a container must be chosen or `since` is out of
 * range; `precondition` for a container without a log
 */
export async function* readLogs(
  cluster: Cluster,
  query: LogsDto,
  call: ToolCall,
): AsyncGenerator<string, void> {
  const since = query.since === undefined ? undefined : sinceSeconds(query.since);
  const filter = await lineFilter(query.grep, query.exclude, call.signal);
  const pods = await podsOf(cluster, query.namespace, query.pod_name, call.signal);
  const sources = logSources(pods, query);
  if (sources.length > MAX_SOURCES) {
    throw new ToolError(
      'invalid_input',
      `${query.pod_name} has ${sources.length} logs; at most ${MAX_SOURCES} can be read at once. Name fewer pods or one container.`,
    );
  }
  const prefixOf = ({ pod, container }: LogSource) =>
    sources.length > 1 ? `[pod/${pod}/${container}] ` : '';
  const reading = { cluster, pods, query, filter, sinceSeconds: since, call, prefixOf };
  if (sources.length === 0) {
    yield `No pods found for ${query.pod_name} in namespace ${query.namespace}.`;
    return;
  }
  let isEmpty = true;
  for await (const piece of query.follow ? follow(reading, sources) : readAll(reading, sources)) {
    yield isEmpty ? piece : `\n${piece}`;
    isEmpty = false;
  }
  if (isEmpty) yield 'No log lines found.';
}

/** One piece for each log that has lines, in the order of the sources. They share the room. */
async function* readAll(
  reading: Reading,
  sources: readonly LogSource[],
): AsyncGenerator<string, void> {
  const { call } = reading;
  const read = inOrder(sources, CONCURRENCY, call.signal, async (source, signal) => {
    try {
      requireStarted(reading, source);
      return await readOne({ ...reading, call: { ...call, signal } }, source);
    } catch (error) {
      return whyNot(reading, source, sources.length, error);
    }
  });
  let room = call.maxOutputChars;
  let left = sources.length;
  for await (const lines of read) {
    const share = Math.floor(room / left);
    const piece = typeof lines === 'string' ? lines : lines.text(share);
    left -= 1;
    if (piece === '' && typeof lines !== 'string' && lines.isEmpty) continue;
    room -= piece.length + 1;
    yield piece;
  }
}

async function readOne(reading: Reading, source: LogSource): Promise<KeptLines> {
  const { cluster, query, filter, call, prefixOf } = reading;
  const { signal, maxOutputChars: maxChars } = call;
  const isAll = query.num_lines < 0 || !filter;
  const kept = new KeptLines({
    maxLines: isAll ? Infinity : query.num_lines,
    maxChars,
    fold: query.fold,
    isSparse: filter !== undefined,
    prefix: prefixOf(source),
  });
  const asked = logQuery(reading, source);
  const endsAt = Date.now() + MAX_READING_MS;
  for await (const lines of cluster.lines(
    pathOf(reading, source),
    { query: asked, signal },
    MAX_LINE_CHARS,
  )) {
    for (const line of filter ? await filter(lines) : lines) kept.add(line);
    if (filter || !kept.isFull || Date.now() < endsAt) continue;
    kept.breakOff();
    const options = { query: { ...asked, tailLines: END_LINES }, signal };
    const end = cluster.lines(pathOf(reading, source), options, MAX_LINE_CHARS);
    for await (const last of end) for (const line of last) kept.add(line);
    break;
  }
  return kept;
}

/**
 * The pieces of all logs as they come, until the time limit or the end of every log. The last piece
 * says for how long the logs were followed.
 */
async function* follow(
  reading: Reading,
  sources: readonly LogSource[],
): AsyncGenerator<string, void> {
  const { query, call } = reading;
  const { timeout_seconds: seconds } = query;
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(seconds * 1_000)]);
  const tell = (message: string) => call.progress({ progress: 0, message });
  const outage = new Outage(signal, tell);
  const followed = { ...reading, call: { ...call, signal } };
  yield* merge(sources.map((source) => followOne(followed, source, outage, sources.length)));
  yield `[Followed for ${seconds} s at most.${outage.remark}]`;
}

async function* followOne(
  reading: Reading,
  source: LogSource,
  outage: Outage,
  count: number,
): AsyncGenerator<string, void> {
  const { cluster, query, filter, call, prefixOf } = reading;
  const prefix = prefixOf(source);
  const equal = query.fold ? new EqualLines() : undefined;
  const show = (lines: readonly string[]) => lines.map((line) => prefix + line).join('\n');
  try {
    requireStarted(reading, source);
    const pieces = followLog({
      ...source,
      cluster,
      namespace: query.namespace,
      found: podOf(reading, source),
      query: logQuery(reading, source),
      maxLineChars: MAX_LINE_CHARS,
      maxSilentMs: MAX_SILENT_MS,
      signal: call.signal,
      outage,
      tell: (message) => call.progress({ progress: 0, message }),
    });
    for await (const piece of pieces) {
      if ('note' in piece) {
        yield show([...(equal?.rest() ?? []), `[${piece.note}]`]);
        continue;
      }
      const wanted = filter ? await filter(piece.lines) : piece.lines;
      const shown = equal ? equal.take(wanted) : wanted;
      if (shown.length > 0) yield show(shown);
    }
    const rest = equal?.rest() ?? [];
    if (rest.length > 0) yield show(rest);
  } catch (error) {
    yield whyNot(reading, source, count, error);
  }
}

/**
 * Checks that a container has run: for a pod without a node the API server would give an empty log.
 * @throws ToolError `invalid_input` for a container that has never run, or only once if the run
 * before is wanted
 */
function requireStarted(reading: Reading, source: LogSource): void {
  const found = podOf(reading, source);
  const noPrevious = reading.query.previous ? noPreviousRun : () => undefined;
  const why = found && (notStarted(found, source.container) ?? noPrevious(found, source.container));
  if (why) throw new ToolError('invalid_input', why);
}

function podOf({ pods }: Reading, { pod }: LogSource): LivePod | undefined {
  return pods.find(({ metadata }) => metadata.name === pod) as LivePod | undefined;
}

/** The text in place of a missing log; a single missing log fails the call instead. */
function whyNot({ prefixOf }: Reading, source: LogSource, count: number, error: unknown): string {
  const isMissing =
    error instanceof ToolError && ['invalid_input', 'not_found'].includes(error.code);
  if (!isMissing) throw error;
  if (count > 1) return `${prefixOf(source)}(no log: ${error.message})`;
  throw error.with({ code: 'precondition', cause: error });
}

function pathOf({ query }: Reading, { pod }: LogSource): string {
  return `${podPath(query.namespace, pod)}/log`;
}

function logQuery(
  { query, filter, sinceSeconds: since }: Reading,
  { container }: LogSource,
): Record<string, string | number | boolean | undefined> {
  // With a filter, the wanted lines may be anywhere in the log. Following is about new lines only.
  const isWhole = query.num_lines < 0 || (filter !== undefined && !query.follow);
  return {
    container,
    previous: query.previous || undefined,
    sinceSeconds: since,
    tailLines: isWhole ? undefined : query.num_lines,
  };
}
