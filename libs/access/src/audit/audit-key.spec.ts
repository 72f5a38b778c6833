import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/audit-record.js';
import { AuditKey, readPublicKeys } from './audit-key.js';

describe(AuditKey.name, () => {
  it('makes a key that only its user can read, and finds it again', () => {
    const file = join(temporaryFolder(), 'state', 'audit.key');
    const made = AuditKey.open(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const read = AuditKey.open(file);
    expect(read.id).toBe(made.id);
    expect(read.digestKey).toEqual(made.digestKey);
  });

  it('puts the public key beside it', () => {
    const file = join(temporaryFolder(), 'audit.key');
    const { id } = AuditKey.open(file);
    expect(readFileSync(`${file}.pub`, 'utf8')).not.toContain('PRIVATE');
    expect([...readPublicKeys(`${file}.pub`).keys()]).toEqual([id]);
    expect([...readPublicKeys(file).keys()]).toEqual([id]);
  });

  it('refuses a key that everybody can read', () => {
    const file = join(temporaryFolder(), 'audit.key');
    AuditKey.open(file);
    chmodSync(file, 0o644);
    expect(() => AuditKey.open(file)).toThrow('set its mode to 0600');
  });

  it('refuses what is no Ed25519 key', () => {
    const file = join(temporaryFolder(), 'audit.key');
    writeFileSync(file, 'text', { mode: 0o600 });
    expect(() => AuditKey.open(file)).toThrow('holds no key in PEM form');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(() => AuditKey.open(file)).toThrow('it must be Ed25519');
    expect(existsSync(`${file}.pub`)).toBe(false);
  });
});
