import { readdirSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LANES } from './test/support/lanes.js';

const source = (path: string) => new URL(path, import.meta.url).pathname;

const LIBS = readdirSync(source('libs'));

/** Worker threads run what the build has made, as they know nothing of Vitest. */
const builtWorkers: Plugin = {
  name: 'built-workers',
  transform(code, id) {
    if (!code.includes('.worker.js')) return undefined;
    const folder = new URL('.', `file://${id}`).href.replace(/(libs|apps)\//, 'dist/$1/');
    return code.replaceAll(
      /new URL\(['"]\.\/([\w-]+\.worker\.js)['"], import\.meta\.url\)/g,
      (_, file: string) => `new URL(${JSON.stringify(folder + file)})`,
    );
  },
};

/** What watches how long others have to wait; whatever ran beside it would disturb that. */
const ALONE = ['test/event-loop.e2e-spec.ts', 'test/executions-database.e2e-spec.ts'];

const e2e: TestProjectInlineConfiguration['test'] = {
  globalSetup: ['test/support/sandbox.setup.ts'],
  isolate: false,
  // What a machine that is busy with other things may need.
  testTimeout: 120_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 20_000 } },
};

export default defineConfig({
  plugins: [builtWorkers],
  resolve: {
    // The sandbox runs as it is built; the libs are read from their sources.
    alias: Object.fromEntries(LIBS.map((lib) => [`#${lib}`, source(`libs/${lib}/src/index.ts`)])),
  },
  test: {
    reporters: ['default', './test/support/summary.reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs,test}/**/*.spec.ts'],
          isolate: false,
          // Most of them wait for something, rather than compute.
          maxWorkers: 4,
          // Some start programs, on a machine that may be busy with other things.
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...e2e,
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts'],
          exclude: ALONE,
          // One kept sandbox (TEST_SANDBOX) is for one file at a time.
          maxWorkers: process.env.TEST_SANDBOX ? 1 : LANES,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...e2e,
          name: 'e2e-alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
