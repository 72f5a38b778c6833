import { globSync } from 'node:fs';
import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown';

/** Optional packages that Nest and pg ask for and that are not installed. */
const NOT_INSTALLED = [
  /^@nestjs\/(microservices|websockets|platform-express)/,
  /^@fastify\/(multipart|view)$/,
  /^class-transformer/,
  'pg-native',
];

/** Large, and used by few: they are loaded only then, or load their tables only then. */
const LARGE = ['@kubernetes/client-node', /^@opentelemetry\//, 'iconv-lite'];

/** Finds a file of its own beside itself. */
const KEEPS_FILES = ['piscina'];

/**
 * V8 keeps a source text that is not all ASCII in two bytes a character: 7 MB more for the server.
 */
const asciiOnly: Plugin = {
  name: 'ascii-only',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[\u0080-\uffff]/g, escapeOf);
    }
  },
};

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function bundle(input: string, cleanDir: boolean): RolldownOptions {
  return {
    input,
    platform: 'node',
    external: [...NOT_INSTALLED, ...LARGE, ...KEEPS_FILES],
    plugins: [asciiOnly],
    output: {
      dir: 'dist/bundle',
      cleanDir,
      format: 'esm',
      comments: false,
      // Classes are shown by their names: in schemas, logs and errors.
      keepNames: true,
      codeSplitting: false,
    },
    logLevel: 'warn',
  };
}

/**
 * The server as one file: to find, read and link the 1,300 modules that it consists of takes half
 * of its start. Beside it one file for each kind of work that runs in a thread of its own.
 */
export default defineConfig([
  bundle('dist/apps/server/src/main.js', true),
  ...globSync('dist/{apps,libs}/**/*.worker.js').map((worker) => bundle(worker, false)),
]);
