import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown';
import { isolatedDeclarationPlugin } from 'rolldown/experimental';
import { parseAst } from 'rolldown/parseAst';
import { licenses } from './rolldown.licenses.js';

/** Optional packages that Nest and pg ask for and that are not installed. */
const NOT_INSTALLED = [
  /^@nestjs\/(microservices|websockets|platform-express)/,
  /^@fastify\/(multipart|view)$/,
  /^class-transformer/,
  'pg-native',
];

/**
 * Large, and used by few: they are loaded only then, or load their tables only then. These and
 * those that keep files are the `dependencies` of package.json, and no other is.
 */
const LARGE = [/^@opentelemetry\//, 'iconv-lite'];

/** A source that is imported when it is needed, and becomes a file of its own beside the bundle. */
const CLIENT_NODE = 'libs/cluster/src/kubeconfig/client-node.js';

const clientNode: Plugin = {
  name: 'client-node',
  resolveId: {
    filter: { id: /\/client-node\.js$/ },
    handler: (_id, importer) => importer && { id: './client-node.js', external: true },
  },
};

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

/**
 * Begins a line with each statement of a module. Node.js prints the line of an error that nobody
 * catches, and a minified bundle is a single one.
 */
const statementLines: Plugin = {
  name: 'statement-lines',
  generateBundle(_options, files) {
    for (const file of Object.values(files)) {
      if (file.type !== 'chunk') continue;
      const starts = parseAst(file.code).body.map(({ start }) => start);
      file.code = starts
        .map((start, index) => file.code.slice(start, starts[index + 1]))
        .join('\n');
    }
  },
};

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** What `@nestjs/swagger` asks where the files of Swagger UI are. */
const SWAGGER_UI = 'swagger-ui-dist/absolute-path.js';
/** What the page loads, and the page to which a login leads back. */
const SWAGGER_UI_FILES = [
  'LICENSE',
  'NOTICE',
  'favicon-16x16.png',
  'favicon-32x32.png',
  'oauth2-redirect.html',
  'oauth2-redirect.js',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui-standalone-preset.js',
  'swagger-ui-standalone-preset.js.LICENSE.txt',
  'swagger-ui.css',
];

/** Files of packages that are copied, for their licenses. */
const COPIED = [createRequire(import.meta.resolve('@nestjs/swagger')).resolve(SWAGGER_UI)];

/** What this server adds to the page. */
const PAGE_FILES = globSync('apps/server/src/rest/swagger-ui/page/*');

/**
 * Puts the files of Swagger UI and of its plugin beside the bundle. As a dependency,
 * `swagger-ui-dist` would bring a package with it that runs a script at its installation, and six
 * times as many bytes.
 */
const swaggerUi: Plugin = {
  name: 'swagger-ui',
  transform: {
    filter: { id: /@nestjs\/swagger\/dist\/swagger-ui\/swagger-ui\.js$/ },
    handler(code, id) {
      const asked = `require('${SWAGGER_UI}')()`;
      if (!code.includes(asked)) this.error(`There is no ${asked} in ${id}.`);
      const folder = dirname(createRequire(id).resolve(SWAGGER_UI));
      for (const file of SWAGGER_UI_FILES) {
        const source = readFileSync(join(folder, file));
        this.emitFile({ type: 'asset', fileName: `swagger-ui/${file}`, source });
      }
      for (const file of PAGE_FILES) {
        const source = readFileSync(file);
        this.emitFile({ type: 'asset', fileName: `page/${basename(file)}`, source });
      }
      return code.replace(asked, `require('node:path').join(import.meta.dirname, 'swagger-ui')`);
    },
  },
};

/**
 * Modules that the server takes in another way than they come, by what imports ask for. `undici`
 * and `libphonenumber-js` would be a fifth of the bundle, nearly all of it unused.
 */
const STAND_INS: Record<string, string> = {
  // Its parts, of which the WebSocket is loaded with all of `fetch`, and only when one is opened.
  undici: `
    const Dispatcher = require('undici/lib/dispatcher/dispatcher');
    Object.assign(Dispatcher.prototype, require('undici/lib/api'));
    exports.Pool = require('undici/lib/dispatcher/pool');
    exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent');
    exports.Socks5ProxyAgent = require('undici/lib/dispatcher/socks5-proxy-agent');
    Object.defineProperty(exports, 'WebSocket', {
      enumerable: true,
      get: () => require('undici/lib/web/websocket/websocket').WebSocket,
    });`,
  // For the decorator IsPhoneNumber of class-validator, which nothing uses.
  'libphonenumber-js/max': `exports.parsePhoneNumber = undefined;`,
  // An import statement would read each export, and with some of them load Node's own `fetch`.
  'node:http': `module.exports = process.getBuiltinModule('node:http');`,
};

const STAND_IN = '\0stand-in:';

const standIns: Plugin = {
  name: 'stand-ins',
  resolveId(id, importer, { kind }) {
    const name = id === 'http' ? 'node:http' : id;
    if (!Object.hasOwn(STAND_INS, name) || importer?.startsWith(STAND_IN)) return undefined;
    if (name === 'node:http' && kind !== 'import-statement') return undefined;
    return `${STAND_IN}${name}.cjs`;
  },
  load(id) {
    if (!id.startsWith(STAND_IN)) return undefined;
    return STAND_INS[id.slice(STAND_IN.length, -'.cjs'.length)];
  },
};

interface BundleOptions extends Pick<RolldownOptions, 'treeshake' | 'plugins'> {
  cleanDir?: boolean;
}

function bundle(
  input: string,
  { cleanDir = false, treeshake = true, plugins = [clientNode, standIns] }: BundleOptions = {},
): RolldownOptions {
  return {
    input,
    treeshake,
    platform: 'node',
    external: [...NOT_INSTALLED, ...LARGE, ...KEEPS_FILES],
    plugins: [plugins, swaggerUi, statementLines, asciiOnly, licenses(...COPIED)],
    output: {
      dir: 'dist/bundle',
      cleanDir,
      format: 'esm',
      comments: false,
      // Stacks show the names of functions and classes.
      minify: {
        compress: true,
        mangle: { toplevel: false, keepNames: true },
        codegen: { removeWhitespace: true },
      },
      // Classes are shown by their names: in schemas, logs and errors.
      keepNames: true,
      codeSplitting: false,
    },
    logLevel: 'warn',
  };
}

/** What other programs import as `skyflo-mcp/client`, with its types. */
const client: RolldownOptions = {
  // The places of the types are those of the sources below it.
  cwd: join(import.meta.dirname, 'libs/client/src'),
  input: './index.ts',
  platform: 'neutral',
  plugins: [isolatedDeclarationPlugin()],
  output: {
    dir: join(import.meta.dirname, 'dist/client'),
    cleanDir: true,
    format: 'esm',
    codeSplitting: false,
  },
  logLevel: 'warn',
};

/**
 * The server as one file: to find, read and link the 1,300 modules that it consists of takes half
 * of its start. Beside it the probe of its health, and one file for each kind of work that runs in
 * a thread of its own.
 */
export default defineConfig([
  bundle('dist/apps/server/src/main.js', { cleanDir: true }),
  bundle('dist/apps/server/src/health-probe/health-probe.js'),
  // Each of its 700 models is a file without effects, and none of them is used.
  bundle(`dist/${CLIENT_NODE}`, { treeshake: { moduleSideEffects: false }, plugins: [] }),
  // By their sources: the folder of the build may have what is no longer there.
  ...globSync('{apps,libs}/**/*.worker.ts').map((worker) =>
    bundle(`dist/${worker.replace(/ts$/, 'js')}`),
  ),
  client,
]);
