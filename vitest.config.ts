import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const source = (path: string) => new URL(path, import.meta.url).pathname;

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

export default defineConfig({
  plugins: [builtWorkers],
  resolve: {
    alias: {
      '#base': source('libs/base/src/index.ts'),
      '#tools': source('libs/tools/src/index.ts'),
      '#cluster': source('libs/cluster/src/index.ts'),
      '#cli': source('libs/cli/src/index.ts'),
      '#argo': source('libs/argo/src/index.ts'),
      '#k8s': source('libs/k8s/src/index.ts'),
      '#helm': source('libs/helm/src/index.ts'),
      '#executions': source('libs/executions/src/index.ts'),
    },
  },
  test: {
    reporters: ['default', './test/support/summary.reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts'],
          // Some start programs, on a machine that may be busy with other things.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts'],
          globalSetup: ['test/support/sandbox.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // What a machine that is busy with other things may need.
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
