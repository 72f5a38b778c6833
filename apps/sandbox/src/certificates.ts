import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const VALIDITY_MS = 10 * 365 * 24 * 3600 * 1000;

const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
const { keyCertSign, digitalSignature } = x509.KeyUsageFlags;

interface Authority {
  folder: string;
  certificate: x509.X509Certificate;
  key: webcrypto.CryptoKey;
}

/**
 * Writes the keys and certificates of one cluster into a folder: an authority, the certificate that
 * all its servers share, two clients (admin and front-proxy), and at last the keys of service
 * accounts.
 */
export async function makeCertificates(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = await makeAuthority(folder);
  // etcd shows this certificate to itself as its own peer, hence the client usage.
  await issue(authority, 'serving', 'CN=sandbox', [
    new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
    new x509.SubjectAlternativeNameExtension([
      ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map(
        (value) => ({ type: 'dns', value }) as const,
      ),
      ...['127.0.0.1', '10.0.0.1'].map((value) => ({ type: 'ip', value }) as const),
    ]),
  ]);
  const client = new x509.ExtendedKeyUsageExtension([clientAuth]);
  await issue(authority, 'admin', 'O=system:masters, CN=admin', [client]);
  await issue(authority, 'front-proxy', 'CN=front-proxy', [client]);
  const accounts = await makeKeys();
  const publicKey = Buffer.from(await webcrypto.subtle.exportKey('spki', accounts.publicKey));
  writePem(folder, 'service-account.pub', x509.PemConverter.encode(publicKey, 'PUBLIC KEY'));
  await writeKey(folder, 'service-account.key', accounts.privateKey);
}

async function makeAuthority(folder: string): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity(),
    name: 'CN=sandbox-ca',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(keyCertSign | digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writePem(folder, 'ca.crt', certificate.toString('pem'));
  return { folder, certificate, key: keys.privateKey };
}

/** Writes NAME.crt and NAME.key. */
async function issue(
  { folder, certificate: issuer, key }: Authority,
  name: string,
  subject: string,
  extensions: x509.Extension[],
): Promise<void> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity(),
    subject,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: key,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(digitalSignature, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...extensions,
    ],
  });
  writePem(folder, `${name}.crt`, certificate.toString('pem'));
  await writeKey(folder, `${name}.key`, keys.privateKey);
}

/** From an hour ago on, so that a clock set back a little does no harm. */
function validity() {
  const notBefore = new Date(Date.now() - 3600 * 1000);
  return {
    serialNumber: `00${randomBytes(16).toString('hex')}`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + VALIDITY_MS),
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

/** In the form that each of the cluster's programs reads. */
async function writeKey(folder: string, file: string, key: webcrypto.CryptoKey): Promise<void> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const own = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  writePem(folder, file, own.export({ format: 'pem', type: 'sec1' }).toString());
}

function writePem(folder: string, file: string, text: string): void {
  writeFileSync(join(folder, file), text, { mode: 0o600 });
}
