import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { ApiGate } from './api-gate.js';
import { ExecEndpoint } from './exec-endpoint.js';
import { ExecutionsApi } from './executions.js';
import { sandboxAccess, writeKubeconfig } from './kubeconfig.js';
import { testSandbox } from './sandbox.js';
import { useGate } from './use-gate.js';
import { useServer, type ServerInUse } from './use-server.js';

/** What the executions of a spec file may touch. To be used in hooks and tests only. */
export interface Targets {
  /** The context `local`: a pod `local` whose commands run on this machine. */
  readonly local: ExecEndpoint;
  /** The context `gate`: the sandbox, but for what a test does before a request is passed on. */
  readonly gate: ApiGate;
  /** Variables of a server whose contexts are the sandbox, `local` and `gate`. */
  readonly env: Record<string, string>;
}

/** Opens the contexts `local` and `gate` for the tests of a file. */
export function useTargets(): Targets {
  let local: ExecEndpoint;
  let env: Record<string, string>;
  const door = useGate();
  beforeAll(async () => {
    local = await ExecEndpoint.start();
    const { cluster, user } = await sandboxAccess();
    const context = (name: string, by: string) => ({ name, context: { cluster: name, user: by } });
    const KUBECONFIG = await writeKubeconfig({
      clusters: [
        { name: 'sandbox', cluster },
        { name: 'local', cluster: { server: local.url } },
        { name: 'gate', cluster: { server: door.gate.url } },
      ],
      users: [
        { name: 'admin', user },
        { name: 'nobody', user: {} },
      ],
      contexts: [
        context('sandbox', 'admin'),
        context('local', 'nobody'),
        context('gate', 'nobody'),
      ],
      'current-context': 'sandbox',
    });
    env = { KUBECONFIG };
  });
  afterAll(() => local.stop());
  return {
    get local() {
      return local;
    },
    get gate() {
      return door.gate;
    },
    get env() {
      return env;
    },
  };
}

/** A file for a server that is to share its executions with nobody else. */
export function executionsFile(): string {
  return join(testSandbox().folder, `executions-${randomUUID()}.db`);
}

export interface ExecutionsInUse {
  server: ServerInUse;
  targets: Targets;
  api: ExecutionsApi;
}

interface ExecutionsOptions {
  /** Those of another server; own ones unless given. */
  targets?: Targets;
  /** Variables of the server. Asked for after the hooks that stand before. */
  env?: () => Record<string, string>;
}

/** Starts a server with executions of its own, and with the contexts of `useTargets`. */
export function useExecutions({
  targets = useTargets(),
  env = () => ({}),
}: ExecutionsOptions = {}): ExecutionsInUse {
  const server = useServer({
    env: () => ({ ...targets.env, EXECUTIONS_FILE: executionsFile(), ...env() }),
  });
  return { server, targets, api: new ExecutionsApi(server) };
}

/** Parameters of k8s_exec for a command on this machine. */
export function onThisMachine(script: string, more: Record<string, unknown> = {}) {
  return { pod_name: 'local', context: 'local', command: `sh -c '${script}'`, ...more };
}
