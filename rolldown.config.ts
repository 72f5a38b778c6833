import { defineConfig, type Plugin } from 'rolldown';

/** Optional packages that Nest and pg ask for and that are not installed. */
const NOT_INSTALLED = [
  /^@nestjs\/(microservices|websockets|platform-express)/,
  /^@fastify\/(multipart|view)$/,
  /^class-transformer/,
  'pg-native',
];

/** Large, and used by few: one is loaded only then, the other loads its tables only then. */
const LARGE = ['@kubernetes/client-node', 'iconv-lite'];

/** V8 keeps a source text that is not all ASCII in two bytes a character: 7 MB more for the server. */
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

/** The server as one file: to find, read and link the 1,300 modules that it consists of takes half of its start. */
export default defineConfig({
  input: 'dist/apps/server/src/main.js',
  platform: 'node',
  external: [...NOT_INSTALLED, ...LARGE],
  plugins: [asciiOnly],
  output: {
    dir: 'dist/bundle',
    cleanDir: true,
    format: 'esm',
    comments: false,
    // Classes are shown by their names: in schemas, logs and errors.
    keepNames: true,
    codeSplitting: false,
  },
  logLevel: 'warn',
});
