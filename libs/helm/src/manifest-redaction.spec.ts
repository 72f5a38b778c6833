import { describe, expect, it } from 'vitest';
import { redactManifest } from './manifest-redaction.js';

const secret = (body: string) => `---
# Source: app/templates/secret.yaml
apiVersion: v1
kind: Secret # not a config map
metadata:
  name: app
${body}`;

describe(redactManifest.name, () => {
  it('leaves a text without Secrets as it is', () => {
    const manifest = '---\n# Source: a.yaml\nkind: ConfigMap\ndata:\n  a: "1"   # one\n';
    expect(redactManifest(manifest)).toBe(manifest);
  });

  it('shows the values of a Secret as their size, and all else as it was', () => {
    const config = '---\n# Source: b.yaml\nkind: ConfigMap\ndata:\n  text: no Secret\n';
    const manifest = secret(
      'type: Opaque\ndata:\n  token: "czNjcjN0"\n  # the other one\n  key: YWJj\nstringData:\n  note: |\n    two\n    lines\n',
    );
    expect(redactManifest(config + manifest + config)).toBe(
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
    ['a number', 'kind: Secret\nstringData:\n  a: 12345\n', 'a: <redacted, 5 bytes>\n'],
    ['an alias', 'kind: Secret\nx: &v YWJj\ndata:\n  a: *v\n', 'a: <redacted, 3 bytes>\n'],
    ['a value in the wrong place', 'kind: Secret\ndata: YWJj\n', 'data: <redacted>'],
    [
      'the last-applied annotation',
      `kind: Secret\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"a":"YWJj"}}'\n`,
      'last-applied-configuration: <redacted, 21 bytes>\n',
    ],
  ])('does so in %s', (_, manifest, shown) => {
    const redacted = redactManifest(manifest);
    expect(redacted).toContain(shown);
    expect(redacted.replace(/^x: .*$/m, '')).not.toMatch(/YWJj|hidden|12345/);
  });

  it('does not show a document that may be a Secret and cannot be read', () => {
    const text = redactManifest(secret('data:\n  a: "YWJj\n  b: [\n'));
    expect(text).not.toContain('YWJj');
    expect(text).toContain('Not shown');
  });
});
