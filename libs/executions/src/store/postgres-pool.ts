import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/** What `pg` says of a query that had no answer within its `query_timeout`. */
const TIMED_OUT = 'Query read timeout';

/**
 * A pool that gives up a connection on which a query had no answer in time. After a failover that
 * nobody was told of, every connection of before is dead without a sign; kept, each of them would
 * be tried again.
 */
export function withoutDeadConnections(pool: Pool): PostgresPool {
  return {
    options: pool.options,
    connect: async () => guarded(await pool.connect()),
    end: () => pool.end(),
  };
}

function guarded(client: PoolClient): PostgresPoolClient {
  let isDead = false;
  const query = async (sql: string, parameters: readonly unknown[]) => {
    // Such as the rollback of the transaction whose query had no answer.
    if (isDead) throw new Error('The connection to the database is given up.');
    try {
      return await client.query(sql, [...parameters]);
    } catch (error) {
      isDead = error instanceof Error && error.message === TIMED_OUT;
      throw error;
    }
  };
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: () => client.release(isDead),
  };
}
