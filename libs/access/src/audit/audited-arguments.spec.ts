import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NAME, type PropertySchema } from '#tools';
import { auditedArguments } from './audited-arguments.js';

const KEY = Buffer.from('a key of the test');
const SECRET = 'hunter2-hunter2';
const SCHEMA: Record<string, PropertySchema> = {
  name: { type: 'string', description: 'A name.', pattern: NAME.pattern.source },
  url: { type: 'string', description: 'An address.', pattern: '^https?://.+$' },
  format: { type: 'string', description: 'A choice.', enum: ['json', 'yaml'] },
  replicas: { type: 'integer', description: 'A number.' },
  watch: { type: 'boolean', description: 'A switch.' },
  manifest: { type: 'string', description: 'Free text.' },
};

function audited(args: unknown) {
  return auditedArguments(args, SCHEMA, KEY);
}

describe(auditedArguments.name, () => {
  it('keeps names, numbers, switches and choices as they are', () => {
    const args = {
      name: 'web',
      format: 'json',
      replicas: 3,
      watch: true,
      url: 'https://a.example/x',
    };
    expect(audited(args)).toEqual(args);
  });

  it('keeps of free text a keyed digest and the length', () => {
    const digest = createHmac('sha256', KEY).update(SECRET).digest('hex');
    expect(audited({ manifest: SECRET })).toEqual({ manifest: { digest, length: SECRET.length } });
  });

  it.each([
    { manifest: SECRET },
    { name: `two words ${SECRET}` },
    { name: `-${SECRET}` },
    { format: SECRET },
    { replicas: SECRET },
    { watch: SECRET },
    { url: `https://user:${SECRET}@a.example/` },
    { url: `https://a.example/?token=${SECRET}` },
    { manifest: { password: SECRET } },
    { name: [SECRET] },
    { password: SECRET },
    { [SECRET]: 1 },
    SECRET,
    [SECRET],
  ])('never keeps a text that does not fit the parameter: %j', (args) => {
    const kept = JSON.stringify(audited(args));
    expect(kept).toContain('digest');
    expect(kept).not.toContain(SECRET);
  });

  it('leaves out what is not given', () => {
    expect(audited({ name: undefined, format: null })).toEqual({});
    expect(audited(undefined)).toEqual({});
  });

  it('takes lists that a caller has nested without end', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(audited({ manifest: deep })).toHaveProperty('manifest.digest');
  });
});
