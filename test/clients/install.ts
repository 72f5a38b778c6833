import { cp, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { execa, type Options } from 'execa';
import { installedOnce } from '../support/installed-once.js';
import type { Client } from './clients.js';

/** How a client that is installed is started. */
export interface Command {
  program: string;
  args: string[];
}

/** Where the programs stand. They are not compiled. */
export const PROGRAMS = 'test/clients/programs';

/** Longer than the slowest of them needs. */
const INSTALL_MS = 600_000;

/** What a language does: installs the package into a folder, and prepares the program there. */
interface Language {
  install(client: Client, folder: string): Promise<void>;
  prepare(client: Client, folder: string): Promise<Command>;
}

const LANGUAGES: Record<string, Language> = {
  '.mjs': {
    async install({ package: name, version }, folder) {
      const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
      // A folder without one would be looked for above.
      await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
      await run('npm', ['install', ...quiet, `${name}@${version}`], folder);
    },
    /** A module finds packages beside itself. */
    async prepare({ program }, folder) {
      for (const file of ['steps.mjs', program]) {
        await cp(join(PROGRAMS, file), join(folder, file));
      }
      return { program: process.execPath, args: [join(folder, program)] };
    },
  },
  '.py': {
    async install({ package: name, version }, folder) {
      await run('python3', ['-m', 'venv', '.'], folder);
      await run('bin/pip', ['install', '--quiet', `${name}==${version}`], folder);
    },
    prepare: async ({ program }, folder) => ({
      program: join(folder, 'bin/python'),
      args: ['-B', join(PROGRAMS, program)],
    }),
  },
  '.go': {
    async install({ package: name, version }, folder) {
      await run('go', ['mod', 'init', 'client'], folder);
      await run('go', ['get', `${name}/mcp@v${version}`], folder);
    },
    async prepare({ program }, folder) {
      await cp(join(PROGRAMS, program), join(folder, 'main.go'));
      await run('go', ['build', '-o', 'client', '.'], folder);
      return { program: join(folder, 'client'), args: [] };
    },
  },
};

/** Installs a client, unless that was done before, and says how its program is started. */
export async function install(client: Client): Promise<Command> {
  const language = LANGUAGES[extname(client.program)];
  if (!language) throw new Error(`Nobody knows how to start ${client.program}.`);
  const { program, version } = client;
  const name = `${program.replace(/\.\w+$/, '')}-${version}`;
  const folder = await installedOnce(join('clients', name), (fresh) =>
    language.install(client, fresh),
  );
  return language.prepare(client, folder);
}

async function run(program: string, args: string[], cwd: string): Promise<void> {
  const options: Options = { cwd, timeout: INSTALL_MS, stdin: 'ignore' };
  await execa(program, args, options);
}
