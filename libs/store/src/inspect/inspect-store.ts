import { statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { connectionOptions } from '../postgres-connections.js';
import type { StoreConfig } from '../store.config.js';
import { sqliteMigrations } from './inspect-sqlite.js';

const LIMIT_MS = 5_000;

/** What a look at the database has shown. */
export interface StoreReport {
  /** Where it is, without credentials. */
  place: string;
  /** Whether the server has used it before. */
  isThere: boolean;
  /** Migrations that it has and this version does not know. */
  newer: string[];
  /** How many migrations of this version it has not had. */
  pending: number;
  bytes: number;
  /** Bytes that are free on the disk; undefined where that cannot be seen. */
  freeBytes?: number;
}

/**
 * Looks at the database that the settings name, without changing it.
 * @param known the migrations of this version
 * @throws Error saying why it cannot be used
 */
export function inspectStore(config: StoreConfig, known: readonly string[]): Promise<StoreReport> {
  const { databaseUrl, file } = config;
  return databaseUrl === undefined ? inspectFile(file, known) : inspectPostgres(databaseUrl, known);
}

async function inspectFile(file: string, known: readonly string[]): Promise<StoreReport> {
  if (file === ':memory:') return reportOf('memory', undefined, known, 0);
  const had = await sqliteMigrations(file);
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return { ...reportOf(file, had, known, bytes), ...(await freeAt(file)) };
}

async function freeAt(path: string): Promise<{ freeBytes?: number }> {
  try {
    const { bavail, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize };
  } catch {
    return path === dirname(path) ? {} : freeAt(dirname(path));
  }
}

async function inspectPostgres(url: string, known: readonly string[]): Promise<StoreReport> {
  const { Client } = await import('pg');
  const client = new Client({
    ...connectionOptions(url),
    connectionTimeoutMillis: LIMIT_MS,
    query_timeout: LIMIT_MS,
  });
  client.on('error', () => undefined);
  const { host, port, database } = client;
  const place = `PostgreSQL ${host}:${port}/${database}`;
  try {
    await client.connect();
    const { rows } = await client.query<{ bytes: string; standby: boolean; table: string | null }>(
      `select pg_database_size(current_database()) as bytes, pg_is_in_recovery() as standby,
      to_regclass('kysely_migration') as table`,
    );
    const [{ bytes, standby, table }] = rows as [(typeof rows)[number]];
    if (standby) throw new Error('it is a standby, which takes no writes');
    const had =
      table === null
        ? undefined
        : (await client.query<{ name: string }>('select name from kysely_migration')).rows;
    return reportOf(
      place,
      had?.map(({ name }) => name),
      known,
      Number(bytes),
    );
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw new Error(`${place} cannot be used: ${message || code}. Check DATABASE_URL.`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function reportOf(
  place: string,
  had: readonly string[] | undefined,
  known: readonly string[],
  bytes: number,
): StoreReport {
  return {
    place,
    isThere: had !== undefined,
    newer: (had ?? []).filter((name) => !known.includes(name)),
    pending: known.filter((name) => !(had ?? []).includes(name)).length,
    bytes,
  };
}
