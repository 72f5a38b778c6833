import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { HttpLab } from '../../fixtures/http-lab.js';
import { GateListener } from '../gate/gate-listener.js';
import { ProgramContexts } from './program-context.js';

let lab: HttpLab;
let contexts: ProgramContexts;
beforeEach(() => {
  lab = new HttpLab();
  const listener = new GateListener();
  lab.onClose(() => listener.onApplicationShutdown());
  contexts = new ProgramContexts(listener);
});
afterEach(() => lab.close());

/** The only cluster of a kubeconfig. */
function addressIn(file: string): string {
  const config = JSON.parse(readFileSync(file, 'utf8')) as {
    clusters: { cluster: { server: string } }[];
  };
  return config.clusters[0]!.cluster.server;
}

describe(ProgramContexts.name, () => {
  it('writes a kubeconfig for its owner, with an address and no credential', async () => {
    const cluster = await lab.clusterTo((_, response) => response.end('{"gitVersion":"v1"}'));
    const file = await contexts.through(
      'kubectl',
      cluster,
      async ({ env: { KUBECONFIG: path = '' } }) => {
        expect(statSync(path).mode & 0o777).toBe(0o600);
        expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
        const config = JSON.parse(readFileSync(path, 'utf8')) as object;
        const server = addressIn(path);
        expect(config).toEqual({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'skyflo-mcp',
          clusters: [{ name: 'skyflo-mcp', cluster: { server } }],
          contexts: [
            {
              name: 'skyflo-mcp',
              context: { cluster: 'skyflo-mcp', user: 'skyflo-mcp', namespace: 'default' },
            },
          ],
          users: [{ name: 'skyflo-mcp', user: {} }],
        });
        expect(await (await fetch(`${server}/version`)).text()).toBe('{"gitVersion":"v1"}');
        return path;
      },
    );
    expect(existsSync(dirname(file))).toBe(false);
  });

  it('ends the way with the work, also with work that fails', async () => {
    const cluster = await lab.clusterTo((_, response) => response.end('{}'));
    let address = '';
    const work = contexts.through('kubectl', cluster, ({ env: { KUBECONFIG: path = '' } }) => {
      address = addressIn(path);
      return Promise.reject(new Error('broken'));
    });
    await expect(work).rejects.toThrow('broken');
    expect((await fetch(`${address}/version`)).status).toBe(401);
  });

  it('shows the address of the API server in place of its own', async () => {
    const cluster = lab.cluster('https://api.example.com:6443');
    const text = await contexts.through(
      'kubectl',
      cluster,
      ({ env: { KUBECONFIG: path = '' }, shown }) =>
        Promise.resolve(shown(`Get "${addressIn(path)}/version": EOF`)),
    );
    expect(text).toBe('Get "https://api.example.com:6443/version": EOF');
  });

  it('knows which of its own failures a program tells of', async () => {
    const cluster = lab.cluster('https://api.example.com:6443');
    const refusal = new ToolError('forbidden', 'Rule "a" denies it.');
    const upstream = () => Promise.reject(refusal);
    await contexts.through(
      'kubectl',
      cluster,
      async ({ env: { KUBECONFIG: path = '' }, failureIn }) => {
        await fetch(`${addressIn(path)}/version`);
        expect(failureIn('Error: Rule "a" denies it.\n')).toBe(refusal);
        expect(failureIn('Error: something else')).toBeUndefined();
      },
      upstream,
    );
  });
});
