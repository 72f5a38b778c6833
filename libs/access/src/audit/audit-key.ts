import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { makePrivateFile } from '#base';

/** The public keys that may have signed checkpoints, by their ids. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

const ED25519 = 'ed25519';
/** The bits of a mode that concern everybody. */
const EVERYBODY = 0o007;
const DIGEST_KEY_BYTES = 32;
const PEM_BLOCK = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

/**
 * The key that signs checkpoints. What digests of arguments are keyed with is derived from it, so
 * there is one file to keep.
 */
export class AuditKey {
  readonly publicKey: KeyObject;
  /** The id of the public key. */
  readonly id: string;
  /** For `auditedArguments`. */
  readonly digestKey: Uint8Array;

  private constructor(private readonly privateKey: KeyObject) {
    this.publicKey = createPublicKey(privateKey);
    this.id = keyIdOf(this.publicKey);
    const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
    const info = 'skyflo-mcp audit digests';
    this.digestKey = new Uint8Array(hkdfSync('sha256', secret, '', info, DIGEST_KEY_BYTES));
  }

  /**
   * Reads the key from a file, and makes both if there is none. The public key goes beside it, into
   * `FILE.pub`.
   * @throws Error for a file that holds no Ed25519 key, or that everybody can read
   */
  static open(file: string): AuditKey {
    if (!existsSync(file)) makeKeyFile(file);
    if (statSync(file).mode & EVERYBODY) {
      throw new Error(`Everybody can read the audit key ${file}: set its mode to 0600.`);
    }
    const key = new AuditKey(readKey(file, readFileSync(file, 'utf8'), createPrivateKey));
    key.writePublicKey(`${file}.pub`);
    return key;
  }

  /** The signature of a text, in base64. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.privateKey).toString('base64');
  }

  private writePublicKey(file: string): void {
    const pem = this.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    if (existsSync(file) && readFileSync(file, 'utf8') === pem) return;
    try {
      writeFileSync(file, pem, { mode: 0o644 });
    } catch (error) {
      // A mounted Secret cannot be written to. The public key can be had from the private one.
      const { message } = error as Error;
      new Logger('Audit').warn(`The public key of the audit is not written: ${message}`);
    }
  }
}

/**
 * The public keys of a file with PEM blocks one after the other. Of a private key the public one is
 * taken.
 * @throws Error for a file without an Ed25519 key
 */
export function readPublicKeys(file: string): PublicKeys {
  const blocks = readFileSync(file, 'utf8').match(PEM_BLOCK) ?? [];
  if (blocks.length === 0) throw new Error(`${file} holds no key in PEM form.`);
  const keys = blocks.map((block) => readKey(file, block, createPublicKey));
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

function keyIdOf(publicKey: KeyObject): string {
  const bytes = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

function readKey(file: string, pem: string, read: (pem: string) => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read(pem);
  } catch (cause) {
    throw new Error(`${file} holds no key in PEM form.`, { cause });
  }
  if (key.asymmetricKeyType === ED25519) return key;
  throw new Error(`${file} holds a key of type ${key.asymmetricKeyType}: it must be Ed25519.`);
}

/** Another server may do the same at the same time: the first one's key holds for both. */
function makeKeyFile(file: string): void {
  const { privateKey } = generateKeyPairSync(ED25519);
  makePrivateFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
}
