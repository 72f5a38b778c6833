import { execFile } from 'node:child_process';
import { copyFileSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { nodeTools, pythonTools } from './foreign-tools.js';

const run = promisify(execFile);

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'dom', 'dom.asynciterable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    rootDir: '.',
    outDir: 'compiled',
  },
};

/** Without an extension, Node.js would not find the modules of the client. */
const HEY_API = `export default {
  input: 'openapi.json',
  output: { path: 'hey-api', module: { extension: '.js' } },
  logs: { level: 'silent', file: false },
};`;

/** What the programs in `programs/` print. */
export type Answers = Record<string, unknown>;

/** Clients that generators make of a document, in a folder of their own. */
export class GeneratedClients {
  readonly folder = mkdtempSync(join(tmpdir(), 'openapi-clients-'));

  /** @param document the text of the document */
  constructor(document: string) {
    this.write('openapi.json', document);
  }

  /** Makes and compiles the clients in TypeScript, and the programs that use them. */
  async makeTypeScript(): Promise<void> {
    const modules = join(await nodeTools(), 'node_modules');
    symlinkSync(modules, join(this.folder, 'node_modules'));
    this.write('package.json', '{"type":"module"}');
    this.write('tsconfig.json', JSON.stringify(TSCONFIG));
    this.write('hey-api.config.js', HEY_API);
    for (const name of ['openapi-fetch.ts', 'hey-api.ts']) {
      copyFileSync(join(PROGRAMS, name), join(this.folder, name));
    }
    const tool = (name: string, ...args: string[]) =>
      this.run(process.execPath, [join(modules, '.bin', name), ...args]);
    await Promise.all([
      tool('openapi-typescript', 'openapi.json', '--output', 'openapi-typescript.ts'),
      tool('openapi-ts', '--file', 'hey-api.config.js'),
    ]);
    await tool('tsc', '--project', '.');
  }

  /** Runs a program in TypeScript. */
  async runTypeScript(name: string, ...args: string[]): Promise<Answers> {
    const { stdout } = await this.run(process.execPath, [`compiled/${name}.js`, ...args]);
    return JSON.parse(stdout) as Answers;
  }

  /** Makes and compiles the client in Python. @returns what the generator says */
  async makePython(): Promise<string> {
    const python = await pythonTools();
    // It would format the client.
    this.write('config.yaml', 'post_hooks: []\n');
    const from = ['--path', 'openapi.json', '--config', 'config.yaml'];
    const to = ['--meta', 'none', '--output-path', 'skyflo'];
    const generate = ['-m', 'openapi_python_client', 'generate', ...from, ...to];
    const { stdout, stderr } = await this.run(python, generate);
    await this.run(python, ['-m', 'compileall', '-q', 'skyflo']);
    return stdout + stderr;
  }

  /** Runs the program in Python. */
  async runPython(...args: string[]): Promise<Answers> {
    copyFileSync(join(PROGRAMS, 'client.py'), join(this.folder, 'client.py'));
    const { stdout } = await this.run(await pythonTools(), ['client.py', ...args]);
    return JSON.parse(stdout) as Answers;
  }

  /** The text of a file that a generator has made. */
  text(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8');
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  private write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** Runs a program in the folder. One that fails is an error with what it has printed. */
  private async run(program: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
    try {
      return await run(program, args, { cwd: this.folder });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${program}: ${stdout}\n${stderr}`.slice(0, 10_000), { cause: error });
    }
  }
}
