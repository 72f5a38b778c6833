import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outage, type LivePod } from '#cluster';
import { clusterAt, labCluster } from '../../fixtures/lab-cluster.js';
import { followLog, type FollowedLog } from './log-follow.js';

const SECOND = '2026-01-01T00:00:10';

/** An API server with one pod whose container writes a log, which can be cut off. */
class LoggingServer {
  /** With its time, without its line end. */
  readonly lines: string[] = [];
  /** What the container wrote before its last restart. */
  previous: string[] = [];
  state: object = { running: {} };
  restartCount = 0;
  uid = 'first';
  isThere = true;
  /** The queries by which the log was read. */
  readonly asked: URLSearchParams[] = [];
  private readonly open = new Set<ServerResponse>();

  get pod() {
    const container = { name: 'app', restartCount: this.restartCount, state: this.state };
    return {
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop', uid: this.uid, resourceVersion: '1' },
      spec: { containers: [{ name: 'app' }] },
      status: { phase: 'Running', containerStatuses: [container] },
    } as unknown as LivePod;
  }

  readonly answer = ({ url = '' }: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(url, 'http://api');
    if (!this.isThere) {
      response.writeHead(404).end('{"kind":"Status","code":404,"message":"not found"}');
    } else if (!pathname.endsWith('/log')) {
      response.end(JSON.stringify(this.pod));
    } else {
      this.asked.push(searchParams);
      this.send(searchParams, response);
    }
  };

  write(...texts: string[]): void {
    const lines = texts.map((text) => `${SECOND}.000000001Z ${text}`);
    this.lines.push(...lines);
    for (const response of this.open) response.write(lines.map((line) => `${line}\n`).join(''));
  }

  /**
   * Writes a part of a line, and cuts everybody off: as a broken connection, or as if it had ended.
   */
  cut(part: string, isClean: boolean): void {
    for (const response of this.open) {
      if (isClean) response.end(part);
      else response.write(part, () => response.destroy());
    }
    this.open.clear();
  }

  /** Sends nothing more to those that are connected. */
  hush(): void {
    this.open.clear();
  }

  /** The container ends. */
  end(): void {
    this.state = { terminated: { exitCode: 0 } };
    for (const response of this.open) response.end();
    this.open.clear();
  }

  private send(query: URLSearchParams, response: ServerResponse): void {
    const since = query.get('sinceTime')?.slice(0, 19) ?? '';
    const tail = Number(query.get('tailLines') ?? Infinity);
    const log = query.has('previous') ? this.previous : this.lines;
    const wanted = log.filter((line) => line.slice(0, 19) >= since);
    const lines = tail === 0 ? [] : wanted.slice(-tail);
    response.writeHead(200);
    response.write(lines.map((line) => `${line}\n`).join(''));
    const isOver = query.has('previous') || !('running' in this.state);
    if (!query.has('follow') || isOver) response.end();
    else {
      response.flushHeaders();
      this.open.add(response);
    }
  }
}

let api: LoggingServer;
let ended: AbortController;
let log: FollowedLog;
let given: string[];
beforeEach(async () => {
  api = new LoggingServer();
  ended = new AbortController();
  given = [];
  const { signal } = ended;
  log = {
    cluster: await labCluster((request, response) => api.answer(request, response)),
    namespace: 'shop',
    pod: 'web',
    container: 'app',
    found: api.pod,
    query: { container: 'app', tailLines: 50 },
    maxLineChars: 1_000,
    maxSilentMs: 10_000,
    signal,
    outage: new Outage(signal, () => {}),
    tell: () => {},
  };
});
afterEach(() => ended.abort());

async function follow(): Promise<void> {
  for await (const piece of followLog(log)) {
    if ('note' in piece) given.push(`[${piece.note}]`);
    else given.push(...piece.lines);
  }
}

describe('followLog', () => {
  it.each([
    ['breaks', false],
    ['ends like one that is over', true],
  ])('reads on where it was when the connection %s in the middle of a line', async (_, isClean) => {
    api.write('one', 'two');
    const following = follow();
    await expect.poll(() => given).toEqual(['one', 'two']);
    api.cut(`${SECOND}.000000001Z thr`, isClean);
    api.write('three', 'three', 'four');
    await expect.poll(() => given).toEqual(['one', 'two', 'three', 'three', 'four']);
    api.write('five');
    await expect.poll(() => given.at(-1)).toBe('five');
    expect(api.asked.map((query) => query.get('sinceTime'))).toEqual([
      null,
      '2026-01-01T00:00:09.000Z',
    ]);
    ended.abort();
    await following;
  });

  it('ends with the container, whose last line may have no end', async () => {
    api.write('one');
    const following = follow();
    await expect.poll(() => given).toEqual(['one']);
    api.cut('', false);
    api.write('two');
    api.end();
    await following;
    expect(given).toEqual(['one', 'two']);
  });

  it('is one reading for a container that has ended before', async () => {
    api.write('one');
    api.end();
    log.found = api.pod;
    await follow();
    expect(given).toEqual(['one']);
    expect(api.asked).toHaveLength(1);
  });

  it('gives what the container wrote before it was started again meanwhile', async () => {
    api.write('one');
    const following = follow();
    await expect.poll(() => given).toEqual(['one']);
    api.previous = [...api.lines, `${SECOND}.5Z last words`];
    api.lines.splice(0);
    api.restartCount = 1;
    api.cut('', false);
    await following;
    expect(given).toEqual(['one', 'last words']);
  });

  it.each([
    ['is gone', () => (api.isThere = false)],
    ['has made place for another of its name', () => (api.uid = 'second')],
  ])('says that there is no more to read when the pod %s', async (_, go) => {
    api.write('one');
    const following = follow();
    await expect.poll(() => given).toEqual(['one']);
    go();
    api.cut('', false);
    await following;
    expect(given).toEqual(['one', '[The pod is gone, and its last lines cannot be read.]']);
  });

  it('gives all that comes after a break to one that was empty, whatever was asked for', async () => {
    log.query = { container: 'app', tailLines: 1 };
    const following = follow();
    await expect.poll(() => api.asked).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 2_050));
    api.cut('', false);
    api.write('one', 'two', 'three');
    await expect.poll(() => given).toEqual(['one', 'two', 'three']);
    ended.abort();
    await following;
  });

  it('notices a connection that is dead without a sign', async () => {
    log.maxSilentMs = 300;
    api.write('one');
    const following = follow();
    await expect.poll(() => given).toEqual(['one']);
    api.hush();
    api.write('two');
    await expect.poll(() => given).toEqual(['one', 'two']);
    ended.abort();
    await following;
  });

  it('fails at once where the log cannot be read to begin with', async () => {
    log.cluster = clusterAt('http://127.0.0.1:1');
    await expect(follow()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
