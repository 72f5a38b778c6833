import { orAfter } from '#base';
import type { Sandbox } from '#sandbox';
import { ExecutionsApi } from '../support/executions.js';
import { whileProbed, type Health } from '../support/health-probe.js';
import { Postgres } from '../support/postgres.js';
import type { RunningServer } from '../support/server-process.js';
import type { FaultRow } from './fault-row.js';
import { startServer } from './server.js';

/** Milliseconds for which nothing may hold the event loop of a server. */
const MAX_HELD_MS = 200;
/** Milliseconds that one thing may take to end before the next one is ended. */
const END_MS = 5_000;

/** A server under test. */
export interface Subject extends RunningServer {
  readonly api: ExecutionsApi;
}

/** Servers that share a PostgreSQL. */
export interface Replicas {
  readonly postgres: Postgres;
  readonly a: Subject;
  readonly b: Subject;
}

/** What a section of the fault bench works with. All that it has started ends with it. */
export class FaultLab {
  private readonly ends: (() => unknown)[] = [];
  private servers = 0;

  constructor(readonly sandbox: Sandbox) {}

  /**
   * Starts a server, whose executions are in a file of its own.
   * @param env variables that are added to those of the sandbox
   */
  async startServer(env?: Record<string, string>): Promise<Subject> {
    const name = `faults-${process.pid}-${performance.now()}-${this.servers++}`;
    const server = await startServer(this.sandbox, name, env);
    this.onEnd(() => server.stop('SIGKILL'));
    return { ...server, api: new ExecutionsApi(server) };
  }

  async startPostgres(): Promise<Postgres> {
    const postgres = await Postgres.start();
    this.onEnd(() => postgres.stop());
    return postgres;
  }

  /** Starts a PostgreSQL, and two servers on it. */
  async startReplicas(env?: Record<string, string>): Promise<Replicas> {
    const postgres = await this.startPostgres();
    const both = { DATABASE_URL: postgres.url, ...env };
    const [a, b] = await Promise.all([this.startServer(both), this.startServer(both)]);
    return { postgres, a, b };
  }

  /** Has something done at the end of the section, before what was started earlier ends. */
  onEnd(end: () => unknown): void {
    this.ends.push(end);
  }

  /** Ends all that was started, the last first. What does not end in 5 seconds is left. */
  async end(): Promise<void> {
    for (const end of this.ends.splice(0).toReversed()) {
      await orAfter(
        END_MS,
        Promise.resolve(end()).catch(() => {}),
      );
    }
  }
}

/**
 * Measures a fault while `/health` of some servers is asked for every 20 ms.
 * @param act brings the fault about, and says what came of it
 * @param options `mayEnd`: the servers may end meanwhile
 */
export async function measureFault(
  fault: string,
  servers: readonly Subject[],
  act: () => Promise<string>,
  options?: { mayEnd: boolean },
): Promise<FaultRow> {
  const healths: Health[] = [];
  const probed = servers.reduce<() => Promise<string>>(
    (inner, server) => async () => {
      const { result, ...health } = await whileProbed(server, inner, options);
      healths.push(health);
      return result;
    },
    act,
  );
  const startedAt = performance.now();
  const figure = await probed();
  const tookMs = performance.now() - startedAt;
  return { fault, figure: `${figure}; ${textOf(healths)}`, tookMs };
}

/** Brings several faults about at the same time: those of which each waits most of its time. */
export function sideBySide(
  lab: FaultLab,
  faults: readonly ((lab: FaultLab) => Promise<FaultRow>)[],
): Promise<FaultRow[]> {
  return Promise.all(faults.map((fault) => fault(lab)));
}

function textOf(healths: readonly Health[]): string {
  if (healths.length === 0) return '/health not asked';
  const waited = Math.max(...healths.map(({ waitedMs }) => waitedMs));
  const held = Math.max(...healths.map(({ heldMs }) => heldMs));
  const verdict = held > MAX_HELD_MS ? ' NOT GOOD' : '';
  return `/health ≤ ${waited.toFixed(0)} ms (${held.toFixed(0)} computing)${verdict}`;
}
