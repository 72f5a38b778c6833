import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { parse } from 'yaml';

/** The parts of the sandbox's kubeconfig that are needed to reach its API server. */
export interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
}

/** Connections to each server that is measured: as many as there are calls at a time. */
export const CONNECTIONS = 32;

/** Kept-alive connections to the API server that a kubeconfig names. */
export function apiPool(kubeconfigPath: string): Pool {
  const { clusters, users } = parse(readFileSync(kubeconfigPath, 'utf8')) as Kubeconfig;
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user;
  if (!cluster || !user) throw new Error('The kubeconfig names no cluster and user.');
  const decode = (text: string) => Buffer.from(text, 'base64');
  return new Pool(cluster.server, {
    connections: CONNECTIONS,
    connect: {
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
    },
  });
}

/** The text of a good answer. @throws Error with what a bad one says */
export async function textOf({
  statusCode,
  body,
}: Awaited<ReturnType<Pool['request']>>): Promise<string> {
  const text = await body.text();
  const isGood =
    statusCode < 300 && !text.includes('"isError":true') && !text.includes('"error":{');
  if (!isGood) throw new Error(`The call failed with ${statusCode}: ${text.slice(0, 500)}`);
  return text;
}
