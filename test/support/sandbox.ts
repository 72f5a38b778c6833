import { inject } from 'vitest';

/** A sandbox that tests run on. */
export interface TestSandbox {
  /** The environment that reaches it: KUBECONFIG and PATH, and a file for executions. */
  env: Record<string, string>;
  /** Its name, to stop and start parts of it. */
  name: string;
  /** A private folder that goes with it. */
  folder: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** One for each file that runs at a time. */
    sandboxes: TestSandbox[];
  }
}

/** The sandbox of this test file, which no other file uses at the same time. */
export function testSandbox(): TestSandbox {
  const sandboxes = inject('sandboxes');
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 1);
  return sandboxes[(worker - 1) % sandboxes.length]!;
}
