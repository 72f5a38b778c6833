import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { LAST_APPLIED, type KubernetesObject } from './redact.js';
import { SecretValues } from './secret-values.js';
import { ValueRedactor } from './value-redactor.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The values of a Secret `db` in the namespace `shop`, each under a key of its own. */
async function valuesOf(
  values: string | Buffer | readonly (string | Buffer)[],
  more: KubernetesObject = {},
): Promise<SecretValues> {
  const all = [values].flat();
  const data = Object.fromEntries(
    all.map((value, index) => [`key${index}`, Buffer.from(value).toString('base64')]),
  );
  const secrets = new SecretValues();
  const metadata = { name: 'db', namespace: 'shop' };
  const secret = { kind: 'Secret', metadata, data, ...more };
  secrets.addNames(secret, true);
  await secrets.addSecret(secret);
  return secrets;
}

const marker = (bytes: number) => `<redacted, ${bytes} bytes>`;

const PASSWORD = 'S3cr3t/pass+word?~';
const LINES = '-----BEGIN KEY-----\nMIIEvQ+/abc: "quoted"\n  \\d{3}\tend\n-----END KEY-----\n';

/**
 * Watches the turns of the event loop. @returns ends it, and gives the milliseconds of the
 * processor that the longest one took
 */
function watchTurns(): () => number {
  let longest = 0;
  let isOver = false;
  let last = process.threadCpuUsage();
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1_000);
    last = process.threadCpuUsage();
    if (!isOver) setImmediate(look);
  };
  look();
  return () => {
    isOver = true;
    return longest;
  };
}

describe(SecretValues.name, () => {
  it.each([
    ['as it is', PASSWORD],
    ['in base64', base64(PASSWORD)],
    ['in base64 without padding', base64(PASSWORD).replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(PASSWORD).toString('base64url')],
    ['in base64 with a line end', base64(`${PASSWORD}\n`)],
    ['in base64, twice', base64(base64(PASSWORD))],
    ['in base64, twice, of the form for URLs', base64(Buffer.from(PASSWORD).toString('base64url'))],
    ['in the middle of a text', `a${PASSWORD}b`],
    ['percent-encoded', encodeURIComponent(PASSWORD)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(PASSWORD))],
    ['in base64, percent-encoded', encodeURIComponent(base64(PASSWORD))],
  ])('finds a value %s', async (_how, text) => {
    const secrets = await valuesOf(PASSWORD);
    const shown = await secrets.redact(`before ${text} after`);
    expect(shown).toMatch(/^before a?<redacted, 18 bytes>b?(?:%3D)* after$/);
  });

  it.each([
    ['JSON', JSON.stringify({ a: LINES })],
    ['JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: LINES }) })],
    ['a YAML block', stringify({ a: { b: LINES } }, { blockQuote: 'literal', lineWidth: 0 })],
    [
      'YAML in quotes',
      stringify({ a: LINES }, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 0 }),
    ],
    ['a diff', LINES.replace(/^/gm, '+    ')],
    ['a URL', new URLSearchParams({ a: LINES }).toString().replaceAll('+', '%20')],
    ['text of Windows', LINES.replaceAll('\n', '\r\n')],
  ])('finds a value of several lines in %s', async (_where, text) => {
    const shown = await (await valuesOf(LINES)).redact(text);
    expect(shown).toContain(marker(LINES.length));
    for (const part of ['MIIEvQ', 'quoted', 'd{3}', 'END']) expect(shown).not.toContain(part);
  });

  it.each([
    'it\'s "so" secret',
    'C:\\new\\table',
    '<a>&<b>=1',
    'pässwörd: ключ',
    '100% of\u2028it',
  ])('finds %j wherever it is quoted', async (value) => {
    const secrets = await valuesOf(value);
    const forGo = JSON.stringify(value)
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026')
      .replaceAll('\u2028', '\\u2028');
    const texts = [
      JSON.stringify(value),
      forGo,
      stringify(value, { defaultStringType: 'QUOTE_SINGLE', lineWidth: 0 }).trim(),
      `"${encodeURIComponent(value)}"`,
    ];
    for (const text of texts) {
      expect(await secrets.redact(text)).toBe(
        `${text[0]}${marker(Buffer.byteLength(value))}${text[0]}`,
      );
    }
  });

  it('finds what a value of the last `kubectl apply` was, and what a value holds in base64', async () => {
    const applied = JSON.stringify({
      data: { a: base64('former-value') },
      stringData: { b: 'plain-value' },
    });
    const annotations = { [LAST_APPLIED]: applied };
    const secrets = await valuesOf(base64('the-inner-value'), { metadata: { annotations } });
    const shown = await secrets.redact('former-value, plain-value, the-inner-value');
    expect(shown).toBe(`${marker(12)}, ${marker(11)}, ${marker(15)}`);
  });

  it('finds a value that stands in base64 of something longer', async () => {
    const secrets = await valuesOf('correct-horse-battery');
    for (const user of ['a', 'ab', 'abc', 'abcd']) {
      const shown = await secrets.redact(base64(`${user}:correct-horse-battery`));
      expect(Buffer.from(shown.replace(/<.*>/, ''), 'base64').toString()).not.toContain(
        'correct-horse',
      );
      expect(shown).toContain(marker(21));
    }
  });

  it.each(['abcdefgh', 'p-1a', '12345678', 'короткий'])(
    'finds %s, which is long or mixed enough',
    async (value) => {
      expect(await (await valuesOf(value)).redact(`x=${value};`)).toBe(
        `x=${marker(Buffer.byteLength(value))};`,
      );
    },
  );

  it.each(['abcdefg', 'abc1234', 'a-1', '1234567', 'true'])(
    'leaves %s alone, which other texts may have, but not its base64',
    async (value) => {
      const secrets = await valuesOf(value);
      expect(await secrets.redact(`x: ${value}`)).toBe(`x: ${value}`);
      const encoded = await secrets.redact(`x: ${base64(value)}`);
      expect(encoded).toBe(value.length < 4 ? `x: ${base64(value)}` : `x: ${marker(value.length)}`);
    },
  );

  it('leaves names, namespaces, labels and keys as they are, and words in which a value stands by chance', async () => {
    const metadata = {
      name: 'postgres-main',
      namespace: 'warehouse',
      labels: { tier: 'databases' },
    };
    const secrets = await valuesOf(['postgres', 'warehouse', 'databases', 'postgres-main'], {
      metadata,
    });
    const text = 'secret/postgres-main in warehouse (databases)';
    expect(await secrets.redact(text)).toBe(text);
    expect(await secrets.redact('user: postgres')).toBe(`user: ${marker(8)}`);
  });

  it('does not keep a record of a Helm release, but any other value of such a Secret', async () => {
    const record = base64(base64('\x1f\x8b\x08\0\0\0\0\0\0\xff and so on'));
    const latin = Buffer.from(
      Buffer.from('\x1f\x8b\x08\0 packed', 'latin1').toString('base64'),
    ).toString('base64');
    const data = { release: latin, other: base64('not-a-record') };
    const secrets = new SecretValues();
    await secrets.addSecret({ kind: 'Secret', type: 'helm.sh/release.v1', data });
    expect(await secrets.redact(`${latin} not-a-record`)).toBe(`${latin} ${marker(12)}`);
    expect(record).not.toBe(latin);
  });

  it.each([100, 1_000, 20_000, 1_000_000])(
    'finds a value of %i characters, whole or cut',
    async (size) => {
      const value = randomBytes(size).toString('hex').slice(0, size);
      const secrets = await valuesOf(value);
      for (const text of [value, base64(value)]) {
        expect(await secrets.redact(`before ${text} after`)).toBe(`before ${marker(size)} after`);
        const middle = text.slice(size / 10, (size * 9) / 10);
        expect(await secrets.redact(`a: ${middle}\nb: 1`)).toBe(`a: ${marker(size)}\nb: 1`);
      }
    },
  );

  it('finds bytes that are no text in base64', async () => {
    const bytes = Buffer.concat([Buffer.of(0xff), randomBytes(49)]);
    const shown = await (await valuesOf(bytes)).redact(`a: ${bytes.toString('base64')}`);
    expect(shown).toBe(`a: ${marker(50)}`);
  });

  it('leaves a sign before base64, which may be that of a diff', async () => {
    const bytes = Buffer.concat([Buffer.of(0xf8), randomBytes(49)]);
    const shown = await (await valuesOf(bytes)).redact(`a: ${bytes.toString('base64')}`);
    expect(shown).toBe(`a: +${marker(50)}`);
  });

  it('refuses more values than it can look for', async () => {
    const secrets = new SecretValues();
    const data = Object.fromEntries(
      Array.from({ length: 90_000 }, (_, index) => [
        `k${index}`,
        randomBytes(30).toString('base64'),
      ]),
    );
    await expect(secrets.addSecret({ data })).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('neither reads many values nor looks through a long text in one turn of the event loop', async () => {
    const values = Array.from({ length: 5_000 }, (_, index) => `value-number-${index}-of-many`);
    const data = Object.fromEntries(values.map((value) => [`k${value}`, base64(value)]));
    const secrets = new SecretValues();
    const longestTurn = watchTurns();
    await secrets.addSecret({ data });
    for (let count = 0; count < 20; count++) {
      await secrets.addSecret({ data: { large: randomBytes(1 << 20).toString('base64') } });
    }
    const worst = 'value-number-'.repeat(80_000);
    expect(await secrets.redact(worst)).toBe(worst);
    await secrets.addSecret({
      data: { same: base64('a'.repeat(8)), long: base64('b1'.repeat(9_000)) },
    });
    secrets.addNames({ metadata: { name: 'a'.repeat(253), labels: { x: 'y' } } }, false);
    for (const text of [
      'a'.repeat(300_000),
      `${'a'.repeat(253)} `.repeat(2_000),
      `${'b1'.repeat(16)}x`.repeat(9_000),
    ]) {
      await secrets.redact(text);
    }
    const all = await secrets.redact(values.join('\n'));
    const longestMs = longestTurn();
    expect(all).toBe(values.map((value) => marker(value.length)).join('\n'));
    expect(longestMs).toBeLessThan(150);
  });
});

describe(ValueRedactor.name, () => {
  it('finds a value that is cut anywhere', async () => {
    const secrets = await valuesOf([PASSWORD, LINES, 'x'.repeat(500)]);
    const text = `${'filler '.repeat(200)}${PASSWORD} ${JSON.stringify(LINES)} ${'x'.repeat(500)}, ${base64(PASSWORD)} end`;
    const whole = await secrets.redact(text);
    expect(whole.match(/<redacted, \d+ bytes>/g)).toHaveLength(4);
    for (const size of [1, 2, 7, 64, 333, 1_000]) {
      const redactor = new ValueRedactor(secrets);
      let shown = '';
      for (let at = 0; at < text.length; at += size)
        shown += redactor.push(text.slice(at, at + size));
      expect(shown + redactor.end()).toBe(whole);
    }
  });

  it('gives everything at once as long as there is nothing to look for', () => {
    const redactor = new ValueRedactor(new SecretValues());
    expect(redactor.push('one ')).toBe('one ');
    expect(redactor.push('two')).toBe('two');
    expect(redactor.end()).toBe('');
  });
});
