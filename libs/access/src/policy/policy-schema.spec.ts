import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { policySchema } from './policy-schema.js';
import { readPolicy } from './read-policy.js';

const DOCS = join(dirname(findPackageJSON(import.meta.url) ?? '.'), 'docs');

const KNOWN = {
  tools: ['k8s_exec', 'k8s_run_pod', 'helm_install'],
  categories: ['k8s', 'argo', 'helm'],
};

const isValid = new AjvJsonSchemaValidator().getValidator(policySchema());

function isRead(text: string): boolean {
  try {
    readPolicy(text, 'policy.yaml', KNOWN);
    return true;
  } catch {
    return false;
  }
}

describe(policySchema.name, () => {
  it('is what docs/policy.schema.json publishes; -u writes it again', async () => {
    const text = await format(JSON.stringify(policySchema()), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(join(DOCS, 'policy.schema.json'));
  });

  it.each<[string, boolean]>([
    ['use: admin', true],
    ['use: nobody', false],
    ['{}', false],
    ['serviceAccounts: [a/b]', false],
    ['{ use: admin, serviceAccounts: [a/b] }', true],
    ['{ use: admin, serviceAccounts: [a] }', false],
    ['{ use: admin, other: 1 }', false],
    ['rules: []', false],
    ['rules: [{ name: a, allow: all }]', true],
    ['rules: [{ name: a, allow: some }]', false],
    ['rules: [{ name: a, deny: {} }]', false],
    ['rules: [{ name: a, deny: { effects: [escalate] } }]', true],
    ['rules: [{ name: a, deny: { effects: [write] } }]', false],
    ['rules: [{ name: a, allow: all, deny: all }]', false],
    ['rules: [{ name: a }]', false],
    ['rules: [{ allow: all }]', false],
    ['rules: [{ name: a, use: operator, who: { groups: [x] } }]', true],
    ['rules: [{ name: a, use: operator, who: { groups: [] } }]', false],
    ['rules: [{ name: a, use: operator, who: {} }]', false],
    ["rules: [{ name: a, use: operator, where: { namespaces: [''] } }]", true],
    ["rules: [{ name: a, use: operator, where: { names: [''] } }]", false],
    ['rules: [{ name: a, use: operator, where: { kinds: [pods/exec] } }]', true],
    ['rules: [{ name: a, use: operator, where: { kinds: [a/b/c] } }]', false],
  ])('says of %s the same as the reader: %s', (text, expected) => {
    expect([isValid(parse(text)).valid, isRead(text)]).toEqual([expected, expected]);
  });

  it('accepts each example of docs/policy.md, as the reader does', () => {
    const page = readFileSync(join(DOCS, 'policy.md'), 'utf8');
    const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(readPolicy(example, 'policy.md', KNOWN).rules.length).toBeGreaterThan(0);
      expect(isValid(parse(example))).toMatchObject({ valid: true });
    }
  });
});
