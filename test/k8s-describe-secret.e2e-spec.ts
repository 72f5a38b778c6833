import { beforeAll, describe, expect, it, vi } from 'vitest';
import { applyByKubectl } from './support/manifest.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const own = useNamespace('describe-secret-test');
const server = useServer({ defaults: { namespace: own.name, resource_type: 'secret' } });

const TYPE = 'kubernetes.io/service-account-token';

/** Parts of a value, each long enough to be no chance. */
function partsOf(value: string): string[] {
  return value.match(/.{12}/gs) ?? [];
}

function expectWithout(text: string, value: string) {
  for (const part of [...partsOf(value), ...partsOf(Buffer.from(value).toString('base64'))]) {
    expect(text).not.toContain(part);
  }
}

describe('k8s_describe of a Secret', () => {
  let token: string;
  beforeAll(async () => {
    const annotations = {
      'kubernetes.io/service-account.name': 'default',
      'acme.io/long': 'é'.repeat(200),
      'acme.io/lines': 'one\ntwo\n',
    };
    const metadata = { name: 'account', labels: { b: '2', a: '1' }, annotations };
    await applyByKubectl(
      own.name,
      { apiVersion: 'v1', kind: 'Secret', type: TYPE, metadata },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'empty' } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'opaque' },
        stringData: { token: 'first line\nsecond: line', user: 'somebody-special' },
      },
    );
    token = await vi.waitUntil(
      async () => {
        const stored = await own.stored('secret/account', '{.data.token}');
        return Buffer.from(stored, 'base64').toString();
      },
      { timeout: 20_000 },
    );
  });

  it('prints what kubectl prints, without the token of a service account', async () => {
    const printed = (await own.kubectl('describe', 'secret', 'account')).trimEnd();
    expect(printed).toContain(token);
    const text = await server.textOf('k8s_describe', { name: 'account' });
    expect(text).toBe(printed.replace(token, `<redacted, ${token.length} bytes>`));
    expectWithout(text, token);
  });

  it('shows no part of the token over MCP either, whatever the kind is called', async () => {
    for (const resource_type of ['secret', 'secrets', 'Secret']) {
      const args = { name: 'account', resource_type };
      expectWithout(await server.textOverMcp('k8s_describe', args), token);
    }
  });

  it.each(['opaque', 'empty'])('prints what kubectl prints of others (%s)', async (name) => {
    const printed = (await own.kubectl('describe', 'secret', name)).trimEnd();
    expect(await server.textOf('k8s_describe', { name })).toBe(printed);
  });

  it('shows no token of the service account', async () => {
    const args = { name: 'default', resource_type: 'serviceaccount' };
    const text = await server.textOf('k8s_describe', args);
    expect(text).toMatch(/^Tokens:\s+account$/m);
    expectWithout(text, token);
  });
});
