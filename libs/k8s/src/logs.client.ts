import { Injectable } from '@nestjs/common';
import { inOrder, notStarted, type Cluster, type LivePod, type Pod } from '#cluster';
import { ToolError, type ToolCall } from '#tools';
import { sinceSeconds } from './duration.js';
import type { LogsDto } from './dto/logs.dto.js';
import { LastLines } from './last-lines.js';
import { lineFilter, type LineFilter } from './line-filter.js';
import { logSources, type LogSource } from './log-sources.js';
import { podsOf } from './log-targets.js';
import { merge } from './merge.js';
import { podPath } from './pod-path.js';

/** Most logs that one call reads: each that is followed holds a connection. */
const MAX_SOURCES = 100;

/** How many logs are read at a time when they are not followed. */
const CONCURRENCY = 8;

/** Characters of a line that are read: longer ones hold data that no one reads. */
const MAX_LINE_CHARS = 256 * 1024;

/** One reading of some logs of one namespace. */
interface Reading {
  cluster: Cluster;
  pods: readonly Pod[];
  query: LogsDto;
  filter: LineFilter | undefined;
  sinceSeconds: number | undefined;
  call: ToolCall;
  /** Written before each line: nothing for a single log. */
  prefixOf: (source: LogSource) => string;
}

/** Reads the logs of containers from the API server. */
@Injectable()
export class LogsClient {
  /**
   * The wanted lines, in pieces as they come; several lines may be one piece. With `follow` it ends
   * at the query's time limit.
   * @throws ToolError `not_found`, `invalid_input` where a container has to be chosen and for a
   * `since` out of range, `precondition` for a container without a log
   */
  async *read(cluster: Cluster, query: LogsDto, call: ToolCall): AsyncGenerator<string, void> {
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
    let isEmpty = true;
    for await (const piece of query.follow ? follow(reading, sources) : readAll(reading, sources)) {
      if (piece === '') continue;
      yield isEmpty ? piece : `\n${piece}`;
      isEmpty = false;
    }
    const end = closingWords(query, sources, isEmpty);
    if (end) yield isEmpty ? end : `\n${end}`;
  }
}

function closingWords(
  { follow: isFollowed, timeout_seconds, pod_name, namespace }: LogsDto,
  sources: LogSource[],
  isEmpty: boolean,
): string | undefined {
  if (sources.length === 0) return `No pods found for ${pod_name} in namespace ${namespace}.`;
  if (isFollowed) return `[Followed for ${timeout_seconds} s at most.]`;
  return isEmpty ? 'No log lines found.' : undefined;
}

/** One piece a log, in the order of the sources. */
function readAll(reading: Reading, sources: readonly LogSource[]): AsyncGenerator<string, void> {
  const { call } = reading;
  return inOrder(sources, CONCURRENCY, call.signal, async (source, signal) => {
    try {
      requireStarted(reading, source);
      return await readOne({ ...reading, call: { ...call, signal } }, source);
    } catch (error) {
      return whyNot(reading, source, sources.length, error);
    }
  });
}

async function readOne(reading: Reading, source: LogSource): Promise<string> {
  const { cluster, query, filter, call, prefixOf } = reading;
  const { signal, maxOutputChars } = call;
  const prefix = prefixOf(source);
  // Only the last lines that pass are wanted, and which those are is known at the end of the log.
  const kept = new LastLines(query.num_lines < 0 ? Infinity : query.num_lines);
  const options = { query: logQuery(reading, source), signal };
  for await (const lines of cluster.lines(pathOf(reading, source), options, MAX_LINE_CHARS)) {
    for (const line of filter ? await filter(lines) : lines) {
      kept.add(prefix + line);
      if (filter) kept.shrinkTo(maxOutputChars);
      else if (kept.size > maxOutputChars) return kept.toString();
    }
  }
  return kept.toString();
}

/** Pieces of all logs as they come, until the time limit or until every log has ended. */
async function* follow(
  reading: Reading,
  sources: readonly LogSource[],
): AsyncGenerator<string, void> {
  const { query, call } = reading;
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(query.timeout_seconds * 1_000)]);
  const followed = { ...reading, call: { ...call, signal } };
  yield* merge(sources.map((source) => followOne(followed, source, sources.length)));
}

async function* followOne(
  reading: Reading,
  source: LogSource,
  count: number,
): AsyncGenerator<string, void> {
  const { cluster, filter, call, prefixOf } = reading;
  const prefix = prefixOf(source);
  const options = { query: { ...logQuery(reading, source), follow: true }, signal: call.signal };
  try {
    requireStarted(reading, source);
    for await (const lines of cluster.lines(pathOf(reading, source), options, MAX_LINE_CHARS)) {
      const wanted = filter ? await filter(lines) : lines;
      yield wanted.map((line) => prefix + line).join('\n');
    }
  } catch (error) {
    yield whyNot(reading, source, count, error);
  }
}

/**
 * The API server answers with nothing at all for a pod without a node. @throws ToolError
 * `invalid_input` for a container that has never run
 */
function requireStarted({ pods }: Reading, { pod, container }: LogSource): void {
  const found = pods.find(({ metadata }) => metadata.name === pod) as LivePod | undefined;
  const why = found && notStarted(found, container);
  if (why) throw new ToolError('invalid_input', why);
}

/** Among several logs, one that is not there is said in its place; alone, it fails the call. */
function whyNot({ prefixOf }: Reading, source: LogSource, count: number, error: unknown): string {
  const isMissing =
    error instanceof ToolError && ['invalid_input', 'not_found'].includes(error.code);
  if (!isMissing) throw error;
  if (count > 1) return `${prefixOf(source)}(no log: ${error.message})`;
  throw new ToolError('precondition', error.message, { cause: error });
}

function pathOf({ query }: Reading, { pod }: LogSource): string {
  return `${podPath(query.namespace, pod)}/log`;
}

function logQuery(
  { query, filter, sinceSeconds: since }: Reading,
  { container }: LogSource,
): Record<string, string | number | boolean | undefined> {
  // With a filter the wanted lines may be anywhere in the log, except where new ones are awaited.
  const isWhole = query.num_lines < 0 || (filter !== undefined && !query.follow);
  return {
    container,
    previous: query.previous || undefined,
    sinceSeconds: since,
    tailLines: isWhole ? undefined : query.num_lines,
  };
}
