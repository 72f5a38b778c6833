import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Manifest {
  dependencies: Record<string, string>;
}

/** The package as its users have it: packed, and installed into a folder that was empty. */
export class InstalledPackage {
  private constructor(
    /** Outside of the checkout, whose modules the package cannot see. */
    readonly folder: string,
    /** The files in it, sorted. */
    readonly files: string[],
  ) {}

  /** Packs what was built last. */
  static async install(): Promise<InstalledPackage> {
    const folder = await mkdtemp(join(tmpdir(), 'skyflo-package-'));
    const to = ['--ignore-scripts', '--json', '--pack-destination', folder];
    const { stdout } = await run('npm', ['pack', ...to]);
    const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
    const files = packed.files.map(({ path }) => path).toSorted();
    const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--prefix', folder];
    await run('npm', ['install', ...quick, join(folder, packed.filename)], { cwd: folder });
    return new InstalledPackage(folder, files);
  }

  /** What `npx skyflo-mcp` starts. */
  get bin(): string {
    return join(this.folder, 'node_modules/.bin/skyflo-mcp');
  }

  /** The command line of an MCP client that starts it. */
  npx(...args: string[]) {
    return { command: 'npx', args: ['--offline', 'skyflo-mcp', ...args], cwd: this.folder };
  }

  /** What a command of it prints. */
  async outputOf(...args: string[]): Promise<string> {
    const npx = this.npx(...args);
    const { stdout } = await run(npx.command, npx.args, { cwd: npx.cwd });
    return stdout;
  }

  /** The text of one of its files. */
  text(file: string): Promise<string> {
    return readFile(join(this.folder, 'node_modules/skyflo-mcp', file), 'utf8');
  }

  /** The names of the packages that it needs. */
  async dependencies(): Promise<string[]> {
    const { dependencies } = JSON.parse(await this.text('package.json')) as Manifest;
    return Object.keys(dependencies);
  }

  /** The installed packages that run a script at their installation. */
  async withScripts(): Promise<string[]> {
    const lock = await readFile(join(this.folder, 'node_modules/.package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lock) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    return Object.keys(packages).filter((path) => packages[path]?.hasInstallScript);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}
