import { X509Certificate } from 'node:crypto';

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The certificates in a PEM text.
 * @throws Error if there is none, or one that cannot be read
 */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(PEM) ?? [];
  if (blocks.length === 0) throw new Error('There is no certificate in the PEM file.');
  return blocks.map((block) => new X509Certificate(block));
}
