import { afterAll, beforeAll } from 'vitest';
import { ApiGate } from './api-gate.js';
import { writeContext } from './kubeconfig.js';

export interface GateInUse {
  /** To be used in hooks and tests only. */
  readonly gate: ApiGate;
  /** Variables of a server whose every request goes through the gate. */
  readonly env: () => Promise<Record<string, string>>;
}

/** Opens a gate before the API server for the tests of a file. */
export function useGate(): GateInUse {
  let gate: ApiGate;
  beforeAll(async () => {
    gate = await ApiGate.open();
  });
  afterAll(() => gate.close());
  return {
    get gate() {
      return gate;
    },
    env: async () => ({ KUBECONFIG: await writeContext({ server: gate.url }) }),
  };
}
