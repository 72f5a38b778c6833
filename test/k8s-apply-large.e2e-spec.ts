import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { withoutHold } from './support/health-probe.js';
import { kubectl } from './support/kubectl.js';
import { definition, monitoringStack } from './support/large-manifests.js';
import { send } from './support/rest.js';
import { useApply } from './support/use-apply.js';

const GROUP = 'large.example.com';
const KINDS = ['Probe', 'Rule', 'Agent', 'Monitor', 'Alert'];
const SIZE = 2_800_000;

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: large}\n';
const ofSize = (text: string, size = SIZE) => text.repeat(Math.ceil(size / text.length));
const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: v`);
const texts = (objects: readonly object[]) =>
  objects.map((object) => stringify(object)).join('---\n');

describe('k8s_apply of large manifests', () => {
  const { own, server, apply } = useApply('apply-large');
  const plurals = KINDS.map((kind) => `${kind.toLowerCase()}s.${GROUP}`);
  afterAll(() => kubectl('delete', 'crd', '--ignore-not-found', ...plurals));

  it('applies a monitoring stack of 110 objects, and nothing of it a second time', async () => {
    const content = texts(monitoringStack(GROUP));
    expect(content.length).toBeGreaterThan(4_500_000);
    const first = await withoutHold(server, () => apply(content));
    expect([first.status, first.body.detail]).toEqual([200, undefined]);
    const names = await own.kubectl('get', 'deploy,svc,cm,sa,role,rolebinding', '-o', 'name');
    expect(names.match(/monitor-\d+|board-\d+/g)).toHaveLength(105);
    const again = await withoutHold(server, () => apply(content));
    expect(again.body.result?.match(/ unchanged$/gm)).toHaveLength(110);
  }, 300_000);

  it('takes definitions of 4.3 MB over MCP', async () => {
    const content = texts(KINDS.map((kind) => definition(GROUP, kind, 4, 5)));
    expect(content.length).toBeGreaterThan(4_300_000);
    const answer = await withoutHold(server, () =>
      server.textOverMcp('k8s_apply', { content, dry_run: true }),
    );
    expect(answer).toContain(`customresourcedefinition.apiextensions.k8s.io/${plurals[0]} `);
  }, 300_000);

  it('takes definitions as one list of JSON, which is larger than what one object may be', async () => {
    const items = KINDS.map((kind) => definition(GROUP, kind, 4, 5));
    const list = { apiVersion: 'v1', kind: 'List', items };
    const answer = await withoutHold(server, () => apply(list, { dry_run: true }));
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
  }, 300_000);

  it.each([
    ['a list', `${CONFIG}x: [${ofSize('1,')}1]`],
    ['a list of 15 MB', `${CONFIG}x: [${ofSize('1,', 15_000_000)}1]`],
    ['a list in a block', `${CONFIG}x:\n${ofSize('- 1\n')}`],
    ['a list in JSON', `{"apiVersion":"v1","kind":"ConfigMap","x":[${ofSize('1,')}1]}`],
    ['a map', `${CONFIG}x:\n  ${keys(200_000).join('\n  ')}`],
    ['lists in each other', `${CONFIG}x: ${ofSize('[')}`],
    ['items in each other', `${CONFIG}x:\n  ${ofSize('- ')}a`],
    ['aliases', `${CONFIG}x: &a [1, 2]\ny: [${ofSize('*a,')}*a]`],
    ['marked keys', `${CONFIG}x:\n  ${ofSize('? ')}a`],
    ['tabs', `${CONFIG}${ofSize('\t')}`],
    ['small documents', ofSize(`${CONFIG}---\n`)],
    ['tiny documents', ofSize('---\n1\n', 1_000_000)],
    ['whole numbers beyond 2^53', `${CONFIG}x: [${ofSize('9007199254740993,', 1_600_000)}1]`],
    ['digits', `${CONFIG}x: ${ofSize('9')}`],
    ['base64', `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: ${ofSize('AAAA')}}`],
  ])(
    'refuses %s without holding up anybody',
    async (_, content) => {
      const answer = await withoutHold(server, () => apply(content, { dry_run: true }));
      expect(answer.body).toMatchObject({ code: 'invalid_input' });
    },
    120_000,
  );

  it.each([
    ['a text with escapes', `${CONFIG}data: {x: "${ofSize('\\u0041', 6_000_000)}"}`],
    ['comments', `${CONFIG}${ofSize('# comment\n')}`],
    ['empty documents', `${CONFIG}${ofSize('---\n')}`],
    ['blanks', `${CONFIG}data: {x: ${ofSize(' ')}a}`],
    ['many keys', `${CONFIG}data:\n  ${keys(10_000).join('\n  ')}`],
    ['a long text', `${CONFIG}data:\n  x: ${ofSize('text ', 900_000)}`],
  ])(
    'takes %s without holding up anybody',
    async (_, content) => {
      const answer = await withoutHold(server, () => apply(content, { dry_run: true }));
      expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    },
    120_000,
  );

  it('changes one of 5,000 variables without holding up anybody', async () => {
    const deployment = (value: string) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'many' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'many' } },
        template: {
          metadata: { labels: { app: 'many' } },
          spec: {
            containers: [
              {
                name: 'main',
                image: 'example/many:v1',
                env: Array.from({ length: 5_000 }, (_, at) => ({ name: `V${at}`, value })),
              },
            ],
          },
        },
      },
    });
    await apply(deployment('a'));
    let attempt = 0;
    const answer = await withoutHold(server, () => {
      const changed = deployment(`b${attempt++}`);
      changed.spec.template.spec.containers[0]!.env.pop();
      return apply(changed, { prune_fields: true });
    });
    expect([answer.status, answer.body.detail]).toEqual([200, undefined]);
    expect(answer.body.result).toContain('deployment.apps/many configured');
  }, 120_000);

  it('refuses a body of many values at once', async () => {
    const body = `{"content":"a","x":[${ofSize('1,', 15_000_000)}1]}`;
    const path = `${server.url}/engine/v1/tools/k8s/k8s_apply/execute`;
    const answer = await withoutHold(server, () => send(path, body));
    expect(answer).toMatchObject({ status: 413, body: { code: 'invalid_input' } });
  });
});
