import type { SqlDatabase } from './sql-database.js';

/** One running server, in the table `replicas`. It is removed when it ends, or is gone. */
export interface ReplicaRow {
  id: string;
  host: string;
  pid: number;
  /** ISO 8601 in UTC. */
  seen_at: string;
}

/** The `SqlDatabase.serverId` of each server that runs. */
export async function runningServers(database: SqlDatabase): Promise<string[]> {
  const rows = await database.kysely
    .withTables<{ replicas: ReplicaRow }>()
    .selectFrom('replicas')
    .select('id')
    .execute();
  return rows.map(({ id }) => id);
}
