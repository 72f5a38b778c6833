import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { installedOnce } from './installed-once.js';
import { testSandbox } from './sandbox.js';

const VERSION = '3.16.0';
/** What Go calls that version. */
const MODULE = 'github.com/prometheus/prometheus@v0.316.0';

/** Building takes five minutes on a machine with two cores that does nothing else. */
export const BUILD_TIMEOUT_MS = 40 * 60_000;

/** Why there is no Prometheus here. Undefined where there is one, or it can be built. */
export const NO_PROMETHEUS =
  spawnSync('go', ['version']).status === 0 ? undefined : 'Prometheus is built by Go 1.26';

/** A value of an instant query, with its labels. */
export interface Sample {
  metric: Record<string, string>;
  value: number;
}

/** The folder with `prometheus` and `promtool`, which are built once. */
export function prometheusPrograms(): Promise<string> {
  return installedOnce(`prometheus-${VERSION}`, async (folder) => {
    const [path, version] = MODULE.split('@');
    const programs = ['prometheus', 'promtool'].map((name) => `${path}/cmd/${name}@${version}`);
    // Without the ways to find targets in clouds: they are most of the code.
    const args = ['install', '-tags', 'remove_all_sd', '-ldflags', '-s -w', ...programs];
    const env = { ...process.env, GOBIN: folder, CGO_ENABLED: '0' };
    await promisify(execFile)('go', args, { env });
  });
}

/** Runs promtool. @returns what it prints @throws Error with that, where something is wrong */
export async function promtool(...args: string[]): Promise<string> {
  const program = join(await prometheusPrograms(), 'promtool');
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args);
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
  }
}

/** A real Prometheus that scrapes one server every second. */
export class Prometheus {
  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /**
   * Starts it, and waits until it has the first figures.
   * @param target host and port of what it scrapes
   * @param rules the path of a rule file
   */
  static async start(target: string, rules: string): Promise<Prometheus> {
    const folder = join(testSandbox().folder, `prometheus-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: [rules],
      scrape_configs: [{ job_name: 'skyflo-mcp', static_configs: [{ targets: [target] }] }],
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      join(await prometheusPrograms(), 'prometheus'),
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${address}`,
        '--log.level=warn',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const prometheus = new Prometheus(`http://${address}`, child, folder);
    while (!(await prometheus.isScraping())) await sleep(200);
    return prometheus;
  }

  /** Whether it answers, and has scraped what it was told to. */
  private async isScraping(): Promise<boolean> {
    const up = await this.query('up').catch(() => []);
    return up.length === 1 && up[0]?.value === 1;
  }

  /** What an expression gives now. @throws Error for one that is not valid */
  async query(expression: string): Promise<Sample[]> {
    const data = await this.ask<{
      result: { metric: Sample['metric']; value: [number, string] }[];
    }>(`query?${new URLSearchParams({ query: expression }).toString()}`);
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** The one value of an expression; undefined if it gives none. */
  async value(expression: string): Promise<number | undefined> {
    return (await this.query(expression))[0]?.value;
  }

  /** How each rule fares, by its name. */
  async rules(): Promise<Map<string, { health: string; lastError?: string }>> {
    type Rule = { name: string; health: string; lastError?: string };
    const { groups } = await this.ask<{ groups: { rules: Rule[] }[] }>('rules');
    return new Map(groups.flatMap(({ rules }) => rules.map((rule) => [rule.name, rule])));
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill();
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    const body = (await answer.json()) as { status: string; data: T; error?: string };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  }
}
