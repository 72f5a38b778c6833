import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient, QueryConfig, QueryResultRow } from 'pg';

/**
 * Milliseconds in which a connection is had and all that is done on it: no caller waits longer for
 * a database that takes everything and says nothing.
 */
const LIMIT_MS = 5_000;
/**
 * The same for one statement on the side of the database. It comes first, so that nothing that was
 * given up here is done there later.
 */
const STATEMENT_LIMIT_MS = 4_000;
/**
 * Longer than a caller waits: over a slow network the next one has the connection. Not much
 * longer: on the way to a database that is gone, it is in the way of those to the new one.
 */
const CONNECT_LIMIT_MS = 8_000;
const IDLE_MS = 60_000;
/** Long enough that opening new ones costs next to nothing. */
const MAX_LIFETIME_SECONDS = 300;
/** From when on TCP asks an idle connection whether the other end is there. */
const KEEP_ALIVE_MS = 5_000;

/** A query with less time than this left does not show that its connection is dead. */
const SUSPICIOUS_MS = 2_000;

/** What `pg` says of a query that had no answer within its `query_timeout`. */
const TIMED_OUT = 'Query read timeout';

/**
 * Classes and codes of SQLSTATE that another connection would not meet: the connection breaks, the
 * server ends or starts, or it has become a standby that may be read only.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_HERE = /^(?:08|57P|25006)/;

/** There was no connection, so nothing was sent. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
}

/** Options of all connections to a database. */
export function connectionOptions(url: string) {
  return {
    connectionString: url,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  };
}

/**
 * A pool of connections, made as they are needed. Each use has one time limit for all of it. A
 * connection without an answer in time is given up, together with all older ones: after a silent
 * failover, every one of them is dead without any sign.
 */
export class PostgresConnections implements PostgresPool {
  private readonly madeAt = new WeakMap<PoolClient, number>();
  /** Those whose statements end in time on the side of the database. */
  private readonly withLimit = new WeakSet<PoolClient>();
  /** Those that were made before this time may be dead. */
  private suspectBefore = -Infinity;

  private constructor(private readonly pool: Pool) {
    pool.on('connect', (client) => this.madeAt.set(client, performance.now()));
    // A connection that breaks is replaced by the next that is needed; what was under way on it, or
    // comes next, fails by itself.
    pool.on('error', ignore);
    pool.on('connect', (client) => client.on('error', ignore));
  }

  /** @param max how many there are at most */
  static async open(url: string, max: number): Promise<PostgresConnections> {
    // Not loaded where it is of no use: it takes megabytes.
    const { Pool: PgPool } = await import('pg');
    const pool = new PgPool({
      ...connectionOptions(url),
      max,
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      idleTimeoutMillis: IDLE_MS,
      maxLifetimeSeconds: MAX_LIFETIME_SECONDS,
      query_timeout: LIMIT_MS,
    });
    return new PostgresConnections(pool);
  }

  get options(): object {
    return this.pool.options;
  }

  /**
   * Runs one statement.
   * @returns its rows
   * @throws NotConnected; what the database says
   */
  async query<R extends QueryResultRow>(sql: string, values: readonly unknown[]): Promise<R[]> {
    const client = await this.connect();
    try {
      return (await client.query<R>(sql, values)).rows;
    } finally {
      client.release();
    }
  }

  /** @throws NotConnected */
  async connect(): Promise<PostgresPoolClient> {
    const end = performance.now() + LIMIT_MS;
    const client = await this.take(end);
    const guarded = this.guarded(client, end);
    if (this.withLimit.has(client)) return guarded;
    try {
      // A separate statement, because connection poolers refuse parameters that they do not know.
      await guarded.query(`set statement_timeout = ${STATEMENT_LIMIT_MS}`, []);
      this.withLimit.add(client);
      return guarded;
    } catch (cause) {
      guarded.release();
      throw new NotConnected((cause as Error).message, { cause });
    }
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  private async take(end: number): Promise<PoolClient> {
    for (;;) {
      const client = await this.within(end, this.pool.connect());
      if ((this.madeAt.get(client) ?? 0) >= this.suspectBefore) return client;
      client.release(true);
    }
  }

  private async within(end: number, connecting: Promise<PoolClient>): Promise<PoolClient> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), end - performance.now());
    });
    try {
      const client = await Promise.race([connecting, late]);
      if (client) return client;
    } catch (cause) {
      throw new NotConnected((cause as Error).message, { cause });
    } finally {
      clearTimeout(timer);
    }
    connecting.then((client) => client.release(), ignore);
    throw new NotConnected(`No connection to the database within ${LIMIT_MS / 1_000} s.`);
  }

  private guarded(client: PoolClient, end: number): PostgresPoolClient {
    let isDead = false;
    const run = async (text: string, values: readonly unknown[]) => {
      // Such as the rollback of a transaction whose query had no answer.
      if (isDead) throw new Error('The connection to the database is given up.');
      const sentAt = performance.now();
      try {
        const query_timeout = Math.max(1, end - sentAt);
        const query: QueryConfig & { query_timeout: number } = {
          text,
          values: [...values],
          query_timeout,
        };
        return await client.query(query);
      } catch (error) {
        isDead = isOfConnection(error);
        if (isDead && isTelling(error, performance.now() - sentAt)) {
          this.suspectBefore = performance.now();
        }
        throw error;
      }
    };
    return {
      query: run as unknown as PostgresPoolClient['query'],
      release: () => client.release(isDead),
    };
  }
}

function isOfConnection(error: unknown): boolean {
  const { message, code } = error as { message?: string; code?: unknown };
  return message === TIMED_OUT || (typeof code === 'string' && NOT_HERE.test(code));
}

/** Whether it says something of other connections too. */
function isTelling(error: unknown, afterMs: number): boolean {
  return (error as Error).message !== TIMED_OUT || afterMs > SUSPICIOUS_MS;
}

function ignore(): void {}
