import { describe, expect, it } from 'vitest';
import { PolicyError } from './policy.error.js';
import { readPolicy } from './read-policy.js';

const KNOWN = {
  tools: ['k8s_get', 'k8s_delete', 'helm_install'],
  categories: ['k8s', 'helm'],
};

function read(text: string) {
  return readPolicy(text, 'policy.yaml', KNOWN);
}

function faultsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof PolicyError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe(readPolicy.name, () => {
  it('reads rules with their lists', () => {
    const text = `use: read-only
serviceAccounts: [shop/*]
rules:
  - name: shop
    who: { groups: [shop] }
    allow:
      tools: [helm_*]
      effects: [create, update]
    where:
      namespaces: ['', shop]
  - name: nobody
    deny: all
  - { name: platform, who: { scopes: [ops] }, use: operator }
`;
    expect(read(text)).toEqual({
      serviceAccounts: ['shop/*'],
      rules: [
        {
          name: 'read-only',
          allows: true,
          who: {},
          what: { effects: ['read', 'egress'] },
          where: {},
        },
        {
          name: 'shop',
          allows: true,
          who: { groups: ['shop'] },
          what: { tools: ['helm_*'], effects: ['create', 'update'] },
          where: { namespaces: ['', 'shop'] },
        },
        { name: 'nobody', allows: false, who: {}, what: {}, where: {} },
        {
          name: 'platform',
          allows: true,
          who: { scopes: ['ops'] },
          what: { effects: ['read', 'egress', 'create', 'update', 'delete', 'exec'] },
          where: {},
        },
      ],
    });
  });

  it('reads anchors', () => {
    const text = `rules:
- { name: a, allow: all, where: &shop { namespaces: [shop] } }
- { name: b, deny: { effects: [delete] }, where: *shop }
`;
    expect(read(text).rules[1]?.where).toEqual({ namespaces: ['shop'] });
  });

  it.each([
    ['', '1:1: The policy has to be a map with use, serviceAccounts or rules.'],
    ['- a', '1:1: The policy has to be a map with use, serviceAccounts or rules.'],
    [
      'serviceAccounts: [a/b]',
      '1:1: The policy has no rules. Add rules, or "use" with read-only or operator or admin.',
    ],
    [
      'rules: []',
      '1:8: rules is an empty list, which matches nothing. Name something or leave it out.',
    ],
    ['rules:', '1:7: rules has to be a list, such as [one, other].'],
    [
      'use: operater',
      '1:6: There is no ready policy "operater". There are read-only, operator, admin. Nearest: operator.',
    ],
    ['use: 1', '1:6: use has to be a text. Write it in quotes: "1".'],
    [
      'use: admin\nruls: []',
      '2:1: The policy has no "ruls". It may have use, serviceAccounts or rules. Nearest: rules.',
    ],
    ['use: admin\nuse: admin', '2:1: Map keys must be unique'],
    [
      'use: admin\nserviceAccounts: [web]',
      '2:19: "web" in serviceAccounts has to be namespace/name, such as shop/web.',
    ],
    [
      'rules: [{ allow: all }]',
      '1:9: A rule has to have a name, which answers and the audit give.',
    ],
    ['rules: [{ name: a }]', '1:9: A rule has to have one of allow, deny and use.'],
    [
      'rules: [{ name: a, allow: all, deny: all }]',
      '1:32: A rule has to have one of allow, deny and use.',
    ],
    ['rules: [{ name: "", allow: all }]', '1:17: The name of a rule has to be a text.'],
    [
      'rules:\n- { name: a, allow: all }\n- { name: a, deny: all }',
      '3:11: There is a rule "a" already.',
    ],
    ['use: admin\nrules: [{ name: admin, deny: all }]', '2:17: There is a rule "admin" already.'],
    [
      'rules: [{ name: a, allow: {} }]',
      '1:27: allow has to be "all" or a map with categories, tools or effects.',
    ],
    [
      'rules: [{ name: a, allow: all, who: {} }]',
      '1:37: who has to be a map with principals, groups or scopes.',
    ],
    [
      'rules: [{ name: a, allow: al }]',
      '1:27: allow has to be "all" or a map with categories, tools or effects.',
    ],
    [
      'rules: [{ name: a, allow: { tool: [k8s_get] } }]',
      '1:29: allow has no "tool". It may have categories, tools or effects. Nearest: tools.',
    ],
    [
      'rules: [{ name: a, allow: { tools: k8s_get } }]',
      '1:36: tools has to be a list, such as [one, other].',
    ],
    [
      'rules: [{ name: a, allow: { tools: [k8s_gte] } }]',
      '1:37: No tool of this server matches "k8s_gte". Nearest: k8s_get.',
    ],
    [
      'rules: [{ name: a, allow: { tools: [argo_*] } }]',
      '1:37: No tool of this server matches "argo_*".',
    ],
    [
      'rules: [{ name: a, allow: { categories: [hlm] } }]',
      '1:42: No category of this server matches "hlm". Nearest: helm.',
    ],
    [
      'rules: [{ name: a, allow: { effects: [write] } }]',
      '1:39: There is no "write" in effects. There are read, egress, create, update, delete, exec, escalate.',
    ],
    [
      'rules: [{ name: a, allow: all, who: { groups: [""] } }]',
      `1:48: "" in groups has to be a text of at least one character, in which '*' stands for any characters.`,
    ],
    [
      'rules: [{ name: a, allow: all, who: { groups: [~] } }]',
      '1:48: An entry of groups has to be a text. Write it in quotes: "~".',
    ],
    [
      'rules: [{ name: a, allow: all, where: { names: ["a,b"] } }]',
      '1:49: "a,b" in names has to be one name, in which * stands for any characters and ? for one.',
    ],
    [
      'rules: [{ name: a, allow: all, where: { namespaces: ["!shop"] } }]',
      '1:54: "!shop" in namespaces has to be one name, in which * stands for any characters and ? for one.',
    ],
    [
      'rules: [{ name: a, allow: all, where: { kinds: [apps/v1/Deployment] } }]',
      '1:49: "apps/v1/Deployment" in kinds has to be a kind (Deployment), its plural (deployments) or plural/subresource (pods/exec).',
    ],
    [
      'rules: [{ name: a, allow: all, where: { names: [404] } }]',
      '1:49: An entry of names has to be a text. Write it in quotes: "404".',
    ],
  ])('refuses %j', (text, fault) => {
    expect(faultsOf(text)).toEqual([`policy.yaml:${fault}`]);
  });

  it('tells of the place where YAML is wrong', () => {
    const faults = faultsOf('rules:\n  - name: "a\n    allow: all\n');
    expect(faults[0]).toMatch(/^policy\.yaml:\d+:\d+: Missing closing "quote/);
  });

  it.each(['use: admin\n---\nuse: admin', '{ use: *nobody }', 'use: admin\n\tx: y'])(
    'refuses the YAML %j',
    (text) => {
      expect(faultsOf(text)).not.toEqual([]);
    },
  );

  it('tells of all faults, in their order', () => {
    const text = `rules:
- { name: a, allow: { tools: [k8s_gte], effects: [red] } }
- { name: a, alow: all }
- {}
`;
    expect(faultsOf(text).map((fault) => fault.split(':').slice(1, 3).join(':'))).toEqual([
      '2:31',
      '2:51',
      '3:3',
      '3:11',
      '3:14',
      '4:3',
    ]);
  });

  it('refuses what is too large', () => {
    const names = Array.from({ length: 1_001 }, (_, index) => `n${index}`).join(', ');
    expect(faultsOf(`#${'x'.repeat(1_048_576)}\nuse: admin`)).toEqual([
      'policy.yaml:1:1: The policy is larger than 1048576 bytes.',
    ]);
    expect(faultsOf(`rules: [{ name: a, allow: all, where: { names: [${names}] } }]`)).toEqual([
      'policy.yaml:1:48: names has 1001 entries. The most are 1000.',
    ]);
    expect(faultsOf(`rules: [{ name: ${'a'.repeat(1_001)}, allow: all }]`)[0]).toContain(
      'name has 1001 characters. The most are 1000.',
    );
  });
});
