import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyCommand } from './policy-command.js';

const TOOLS = [
  { name: 'k8s_get', category: 'k8s', effects: ['read'] },
  { name: 'k8s_apply', category: 'k8s', effects: ['create', 'update'] },
] as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  const shop =
    '- { name: shop, who: { groups: [shop] }, use: operator, where: { namespaces: [shop] } }';
  await writeFile(join(folder, 'good.yaml'), `use: read-only\nrules:\n${shop}\n`);
  await writeFile(join(folder, 'bad.yaml'), 'use: operater\nrules: []\n');
});

afterAll(() => rm(folder, { recursive: true }));

async function run(...argv: string[]): Promise<[number, string]> {
  const out = new PassThrough();
  const args = argv.map((arg) => arg.replace('FOLDER', folder));
  const options = { argv: args, out, tools: TOOLS, defaultSource: '', localPrincipal: 'local' };
  const code = await policyCommand(options);
  out.end();
  return [code, await text(out)];
}

describe('policy check', () => {
  it('says how many rules a right file has', async () => {
    const file = join(folder, 'good.yaml');
    expect(await run('check', file)).toEqual([0, `${file} is right: 2 rules.\n`]);
    expect(await run('check', 'admin')).toEqual([0, 'admin is right: 1 rule.\n']);
    expect(await run('check')).toEqual([0, 'The default policy is right: 2 rules.\n']);
  });

  it('says what is wrong, each on a line', async () => {
    const file = join(folder, 'bad.yaml');
    const [code, output] = await run('check', file);
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([
      expect.stringContaining(`${file}:1:6: There is no ready policy "operater".`),
      expect.stringContaining(`${file}:2:8: rules is an empty list`),
    ]);
  });

  it('says that there is no such file', async () => {
    expect(await run('check', 'FOLDER/none.yaml')).toEqual([
      1,
      `${folder}/none.yaml:1:1: There is no such file.\n`,
    ]);
  });
});

describe('policy explain', () => {
  it('tells of a tool what the policy says, and why', async () => {
    expect(
      await run('explain', 'FOLDER/good.yaml', '--tool', 'k8s_apply', '--group', 'shop'),
    ).toEqual([
      0,
      `allowed
The rule "shop" allows the tool k8s_apply.
  read-only: effects: create, update is not read, egress
* shop: allows create, update, in the places that it names
`,
    ]);
  });

  it('tells of a request what the policy says, and why', async () => {
    const request =
      '--tool k8s_apply --group shop --effect update --resource deployments --api-group apps --namespace bank --name web';
    expect(await run('explain', 'FOLDER/good.yaml', ...request.split(' '))).toEqual([
      1,
      `denied
No rule of the policy allows local: update deployments.apps "web" in namespace "bank" (context "").
  read-only: effects: update is not read, egress
  shop: where.namespaces: "bank" is not shop
`,
    ]);
  });

  it.each([
    [
      'operator --tool k8s_apply --effect create --resource serviceaccounts/token',
      1,
      'TokenRequest',
    ],
    ['operator --tool k8s_get --scope skyflo:write', 1, 'The token lacks the scope skyflo:read'],
    ['--tool k8s_apply', 0, 'this-machine'],
    ['--tool k8s_apply --principal ann', 1, 'No rule of the policy allows ann'],
    ['--tool k8s_apply --principal ann --effect update --resource pods --dry-run', 0, 'everyone'],
  ])('explains %s', async (args, code, part) => {
    const [actual, output] = await run('explain', ...args.split(' '));
    expect(output).toContain(part);
    expect(actual).toBe(code);
  });
});

describe('wrong usage', () => {
  it.each([
    ['', 'A command is missing.'],
    ['chek', 'There is no command "chek".'],
    ['check a b', 'There is one file, not "b" too.'],
    ['explain', '--tool is missing.'],
    ['explain --tool k8s_gte', 'There is no tool "k8s_gte". Nearest: k8s_get.'],
    [
      'explain --tool k8s_apply --resource pods',
      '--effect is missing. k8s_apply has create, update.',
    ],
    ['explain --tool k8s_get --resource Pod', '--resource has to be a plural in lower case'],
    ['explain --tool k8s_get --resource pods --effect reed', 'There is no effect "reed".'],
    ['check --color', 'There is no option "--color"'],
  ])('"%s" is answered by "%s" and the usage', async (args, message) => {
    const [code, output] = await run(...args.split(' ').filter(Boolean));
    expect(output).toContain(message);
    expect(output).toContain('usage:');
    expect(code).toBe(2);
  });

  it('is not to ask for help', async () => {
    const [code, output] = await run('--help');
    expect(code).toBe(0);
    expect(output).toMatch(/^usage:/);
  });
});
