import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { textIn, walk } from './steps.mjs';

const run = promisify(execFile);
const PROGRAM = join(import.meta.dirname, 'node_modules/.bin/mcp-inspector');
const BIG = { maxBuffer: 2 ** 24 };

/** Each command of it is a connection of its own. */
await walk(async ({ url, headers }) => {
  const server = ['--cli', url, '--transport', 'http', '--format', 'json', '--quiet'];
  const proof = ['--header', `authorization: ${headers.authorization}`];
  const ask = async (method, words = [], options = {}) => {
    const args = [...server, ...proof, '--method', method, ...words];
    const { stdout } = await run(PROGRAM, args, { ...BIG, ...options });
    const answer = JSON.parse(stdout);
    return answer.result ?? answer;
  };
  const list = async () => (await ask('tools/list')).tools.map(({ name }) => name);
  await list();
  return {
    lacks: ['progress'],
    list,
    call: async (name, args, { signal } = {}) => {
      const words = ['--tool-name', name, '--tool-args-json', JSON.stringify(args)];
      return textIn(await ask('tools/call', words, { signal, killSignal: 'SIGINT' }));
    },
  };
});
