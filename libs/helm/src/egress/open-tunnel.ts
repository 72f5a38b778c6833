import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DownloadConnections } from './download-connections.js';
import type { DownloadRun } from './download-run.js';
import { failureOf } from './proxy-failure.js';

/** Answers a CONNECT request. Bytes then pass unchanged, as fast as the slower side takes them. */
export async function openTunnel(
  connections: DownloadConnections,
  run: DownloadRun,
  authority: string,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  let upstream: Duplex;
  try {
    upstream = await connections.tunnel(new URL(`https://${authority}`), run.signal);
  } catch (error) {
    const { status, reason } = failureOf(error, run);
    const text = `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
    return void client.end(text);
  }
  run.hold(upstream);
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  if (head.length > 0) client.unshift(head);
  await Promise.allSettled([pipeline(client, upstream), pipeline(upstream, client)]);
  client.destroy();
  upstream.destroy();
}
