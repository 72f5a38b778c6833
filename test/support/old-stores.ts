import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import type { ExecutionBody } from './executions.js';
import type { Postgres } from './postgres.js';
import { testSandbox } from './sandbox.js';
import { executionsFile } from './use-executions.js';

const FOLDER = 'test/fixtures/stores';

/** The schemas that servers have had, by their last migrations. */
export const OLD_SCHEMAS = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

export type StoreKind = 'sqlite' | 'postgres';

/** What an older server answered about its store. */
export interface OldFacts {
  executions: ExecutionBody[];
  /** A call with an idempotency key. */
  key: { key: string; tool: string; args: Record<string, unknown>; executionId: string };
  /** The call that ran when the server was killed. */
  running: string;
  /** The ids of two MCP sessions, of servers that keep them. */
  sessions?: { open: string; ended: string };
  /** The key of its audit, of servers that have one. */
  auditKey?: string;
}

type Row = Record<string, unknown>;
/** The rows of each table. */
export type Rows = Record<string, string[]>;

/** Tables whose rows come and go with servers and their starts. */
const PASSING = ['kysely_migration', 'kysely_migration_lock', 'replicas', 'server_versions'];
const TABLES = {
  sqlite: "select name from sqlite_master where type = 'table'",
  postgres:
    "select table_name as name from information_schema.tables where table_schema = 'public'",
};

/** A store as an older server has left it. */
export class OldStore {
  private constructor(
    private readonly kind: StoreKind,
    /** A file, or the URL of a database. */
    private readonly place: string,
    readonly facts: OldFacts,
    private readonly more: Record<string, string>,
  ) {}

  /** Makes a store of an old schema. */
  static async make(schema: string, kind: StoreKind, postgres: Postgres): Promise<OldStore> {
    const of = (ending: string) => readFileSync(join(FOLDER, schema, `${kind}.${ending}`), 'utf8');
    const facts = JSON.parse(of('json')) as OldFacts;
    const file = executionsFile();
    const keyFile = `${file}.key`;
    if (facts.auditKey) writeFileSync(keyFile, facts.auditKey, { mode: 0o600 });
    const place = kind === 'sqlite' ? file : await postgres.createDatabase();
    const store = new OldStore(kind, place, facts, { AUDIT_KEY_FILE: keyFile, ...clockOf(facts) });
    await store.run(of('sql'));
    return store;
  }

  /** Variables of a server on it. */
  get env(): Record<string, string> {
    const name = this.kind === 'sqlite' ? 'EXECUTIONS_FILE' : 'DATABASE_URL';
    return { ...this.more, [name]: this.place };
  }

  /** The SQLite file. */
  get file(): string {
    return this.place;
  }

  /** The same in another SQLite file. */
  at(file: string): OldStore {
    return new OldStore(this.kind, file, this.facts, this.more);
  }

  async run(statements: string): Promise<void> {
    if (this.kind === 'postgres') await atPostgres(this.place, statements);
    else atFile(this.place, (database) => database.exec(statements));
  }

  async query(statement: string): Promise<Row[]> {
    return this.kind === 'postgres'
      ? atPostgres(this.place, statement)
      : atFile(this.place, (database) => database.prepare(statement).all());
  }

  async migrations(): Promise<string[]> {
    const rows = await this.query('select name from kysely_migration order by name');
    return rows.map(({ name }) => String(name));
  }

  async rows(): Promise<Rows> {
    const all: Rows = {};
    for (const { name } of await this.query(TABLES[this.kind])) {
      if (PASSING.includes(String(name))) continue;
      all[String(name)] = (await this.query(`select * from ${String(name)}`)).map(asText);
    }
    return all;
  }
}

/** The rows that have gone, or are other ones now. */
export function lostRows(before: Rows, after: Rows): string[] {
  return Object.entries(before).flatMap(([table, rows]) => {
    const there = new Set(after[table]);
    return rows.filter((row) => !there.has(row)).map((row) => `${table}: ${row}`);
  });
}

/** The columns may have another order after a migration. */
function asText(row: Row): string {
  const columns = Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(columns));
}

function atFile<T>(file: string, act: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return act(database);
  } finally {
    database.close();
  }
}

async function atPostgres(url: string, statement: string): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Sets the clock of a server to a minute after the last execution. What is older than a week is
 * forgotten otherwise, and sessions expire.
 */
function clockOf({ executions }: OldFacts): Record<string, string> {
  const last = Math.max(...executions.map(({ created_at: at }) => Date.parse(at)));
  const back = Date.now() - last - 60_000;
  const file = join(testSandbox().folder, `clock-${last}.mjs`);
  const program = `const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) { super(...(args.length === 0 ? [RealDate.now() - ${back}] : args)); }
  static now() { return RealDate.now() - ${back}; }
};
`;
  writeFileSync(file, program);
  return { NODE_OPTIONS: `--import=${file}` };
}
