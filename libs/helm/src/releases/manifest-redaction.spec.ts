import { describe, expect, it } from 'vitest';
import { redactText } from './manifest-redaction.js';

const secret = (body: string) => `---
# Source: app/templates/secret.yaml
apiVersion: v1
kind: Secret # not a config map
metadata:
  name: app
${body}`;

describe(redactText.name, () => {
  it('leaves a text without Secrets as it is', () => {
    const manifest = '---\n# Source: a.yaml\nkind: ConfigMap\ndata:\n  a: "1"   # one\n';
    expect(redactText(manifest).text).toBe(manifest);
  });

  it('shows the values of a Secret as their size, and all else as it was', () => {
    const config = '---\n# Source: b.yaml\nkind: ConfigMap\ndata:\n  text: no Secret\n';
    const manifest = secret(
      'type: Opaque\ndata:\n  token: "czNjcjN0"\n  # the other one\n  key: YWJj\nstringData:\n  note: |\n    two\n    lines\n',
    );
    expect(redactText(config + manifest + config).text).toBe(
      `${config}${secret(
        'type: Opaque\ndata:\n  token: <redacted, 6 bytes>\n  key: <redacted, 3 bytes>\nstringData:\n  note: <redacted, 10 bytes>\n',
      )}${config}`,
    );
  });

  it.each([
    ['JSON', '{"kind":"Secret","data":{"a":"YWJj"}}', '"a":"<redacted, 3 bytes>"'],
    ['a flow map', 'kind: Secret\nstringData: {a: hidden}\n', '{"a":"<redacted, 6 bytes>"}'],
    [
      'a list',
      'kind: List\nitems:\n  - kind: Secret\n    data:\n      a: YWJj\n',
      'a: <redacted, 3 bytes>\n',
    ],
    [
      'a typed list',
      'kind: SecretList\nitems:\n- data:\n    a: YWJj\n',
      'a: <redacted, 3 bytes>\n',
    ],
    [
      'a flow map that ends at the margin, which only helm reads',
      'kind: Secret\nstringData: {\na: hidden\n}\n',
      'a: <redacted, 6 bytes>\n',
    ],
    ['a number', 'kind: Secret\nstringData:\n  a: 12345\n', 'a: <redacted, 5 bytes>\n'],
    ['an alias', 'kind: Secret\nx: &v YWJj\ndata:\n  a: *v\n', 'a: <redacted, 3 bytes>\n'],
    ['a value in the wrong place', 'kind: Secret\ndata: YWJj\n', 'data: <redacted>'],
    [
      'the last-applied annotation',
      `kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"YWJj"}}'\n`,
      'last-applied-configuration: <redacted, 21 bytes>\n',
    ],
  ])('does so in %s', (_, manifest, shown) => {
    const redacted = redactText(manifest).text;
    expect(redacted).toContain(shown);
    expect(redacted.replace(/^x: .*$/m, '')).not.toMatch(/YWJj|hidden|12345/);
  });

  it.each([
    ['on the next line', 'kind:\n  Secret\n'],
    ['with an escape', 'kind: "Sec\\x72et"\n'],
    ['with an escape in its key', '"ki\\x6ed": Secret\n'],
    ['over two lines in quotes', 'kind: "Sec\\\n  ret"\n'],
    ['folded', 'kind: >-\n  Secret\n'],
    ['as a block', 'kind: |-\n  Secret\n'],
    ['by an alias', 'x: &k Secret\nkind: *k\n'],
    ['with an anchor', 'kind: &k Secret\n'],
    ['with a tag', 'kind: !!str Secret\n'],
    ['with a long tag', 'kind: !<tag:yaml.org,2002:str> Secret\n'],
    ['in binary', 'kind: !!binary U2VjcmV0\n'],
    ['with a key of its own line', '? kind\n: Secret\n'],
    ['by a merge', 'x: &x {kind: Secret}\n<<: *x\n'],
    ['in other letters', 'KIND: Secret\n'],
    ['as the second of two', 'kind: ConfigMap\nkind: Secret\n'],
    ['as the first of two', 'kind: Secret\nkind: ConfigMap\n'],
    ['with a blank before the colon', 'kind : Secret\n'],
    ['with a carriage return', 'kind: Secret\r\n'],
    ['after a comment', '# kind: ConfigMap\nkind: Secret\n'],
    ['after an odd line end', 'a: b\u2028kind: Secret\n'],
    ['after a lone carriage return', 'a: b\rkind: Secret\n'],
    ['after a byte order mark', '\uFEFFkind: Secret\n'],
    ['right after the dashes', '---kind: Secret\n'],
    ['after dashes and a byte order mark', '---\n\uFEFFkind: Secret\n'],
    ['in the second document of a stream', 'kind: ConfigMap\n...\nkind: Secret\n'],
    ['after a directive', '%YAML 1.1\n---\nkind: Secret\n'],
  ])('knows a Secret whose kind stands %s', (_, kind) => {
    const { text, secrets } = redactText(`${kind}data:\n  key: aHVudGVyMjI=\n`);
    expect(text).not.toMatch(/aHVudGVyMjI=|hunter22/);
    expect(text).toMatch(/<redacted, 8 bytes>/);
    expect(secrets).toMatchObject([{ data: { key: 'aHVudGVyMjI=' } }]);
  });

  it.each([
    ['in a flow map', '{kind: Secret, stringData: {key: hunter22}}\n'],
    ['in a flow map after the dashes', '--- {kind: Secret, stringData: {key: hunter22}}\n'],
    ['in JSON', '{\n"kind" : "Secret",\n"stringData":{"key":"hunter22"}}'],
    ['in fields with other letters', 'kind: Secret\nStringData:\n  key: hunter22\n'],
    [
      'in data that stands twice',
      'kind: Secret\nstringData:\n  key: hunter22\nstringData: {key: hunter22}\n',
    ],
    ['by an alias', 'v: &v {key: hunter22}\nkind: Secret\nstringData: *v\n'],
    ['in binary', 'kind: Secret\nstringData:\n  key: !!binary aHVudGVyMjI=\n'],
    ['over several lines', 'kind: Secret\ndata:\n  key: |\n    aHVu\n    dGVy\n    MjI=\n'],
    [
      'in a list within a list',
      'kind: List\nitems:\n- kind: List\n  items:\n  - kind: Secret\n    stringData: {key: hunter22}\n',
    ],
    [
      'in a typed list in JSON',
      '{"kind":"SecretList","items":[{"stringData":{"key":"hunter22"}}]}',
    ],
    [
      'in an object within another',
      'kind: Template\nobjects:\n- kind: Secret\n  stringData:\n    key: hunter22\n',
    ],
    ['as text where a map belongs', 'kind: Secret\nstringData: hunter22\n'],
    ['in a list where a map belongs', 'kind: Secret\nstringData: [hunter22]\n'],
  ])('knows the values of a Secret %s', (_, manifest) => {
    const { text, secrets } = redactText(manifest);
    expect(text).not.toMatch(/hunter22|aHVudGVyMjI=|dGVy/);
    expect(text).toContain('<redacted');
    expect(JSON.stringify(secrets)).toMatch(/hunter22|aHVudGVyMjI=|dGVy/);
  });

  it.each([
    [
      'a SealedSecret',
      'kind: SealedSecret\nspec:\n  encryptedData:\n    key: AgBy3i4OJSWK   # sealed\n',
    ],
    [
      'an ExternalSecret',
      'kind: ExternalSecret\nspec:\n  target: {name: "a\\x62c"}\n  data:\n  - secretKey: key\n',
    ],
    [
      'a reference to a Secret',
      'kind: Role\nrules:\n- resources: [secrets]   # all\nx: {kind: Secret, name: app}\n',
    ],
    [
      'a definition',
      'kind: CustomResourceDefinition\nspec:\n  names: {kind: Secret}\n  pattern: "^\\\\d+$"\n',
    ],
    [
      'a text with a Secret in it',
      'kind: ConfigMap\ndata:\n  a.yaml: |\n    kind: Secret\n    data: {}\n',
    ],
    ['a comment that mentions one', '# kind: Secret\nkind: ConfigMap\ndata: {a: "\\t"}\n'],
    [
      'a broken document of another kind',
      'kind: ConfigMap\ndata:\n  a: \'{"secret": "\\n"\n}\'\n  b: "\n',
    ],
  ])('leaves %s as it is', (_, document) => {
    const manifest = `---\n# Source: a.yaml\n${document}---\n${document}`;
    expect(redactText(manifest)).toMatchObject({ text: manifest, secrets: [] });
  });

  it('names what it has found besides, so that a name is not taken for a secret', () => {
    const item = { name: 'a', labels: { app: 'b' } };
    const list = `kind: List\nitems: [{metadata: ${JSON.stringify(item)}}]\n`;
    expect(redactText(list).others).toEqual([{ metadata: item }]);
  });

  it('reads what is nested deeply, or has too many aliases, as broken', () => {
    const nested = `kind: Secret\nx: ${'['.repeat(20_000)}\n`;
    const bomb = `kind: Secret\na: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from(
      { length: 9 },
      (__, n) =>
        `b${n}: &b${n} [${Array(9)
          .fill(n === 0 ? '*a' : `*b${n - 1}`)
          .join(',')}]`,
    ).join('\n')}\n`;
    for (const text of [nested, bomb]) expect(redactText(text).text).toContain('Not shown');
  });

  it('does not show a document that may be a Secret and cannot be read', () => {
    const text = redactText(secret('data:\n  a: "YWJj\n  b: [\n')).text;
    expect(text).not.toContain('YWJj');
    expect(text).toContain('Not shown');
  });
});
