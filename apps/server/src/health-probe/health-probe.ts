import http from 'node:http';
import https from 'node:https';
import { takeConfigOption } from '../command-line/config-option.js';
// Not by the names of the libs: those load Nest, which takes most of the time of a start.
import { readConfigFile } from '../../../../libs/tools/src/config/config-file.js';
import { givenValue, useConfigFile } from '../../../../libs/tools/src/config/given-values.js';

const LIMIT_MS = 5_000;
const UNIX_SOCKET = 'unix:';

/** What listens on all addresses is asked on that of this machine. */
const ALL_ADDRESSES: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * `skyflo-mcp check --health`: asks the server that runs with the same settings whether it is
 * alive.
 */
async function main(): Promise<void> {
  const { file = process.env['CONFIG_FILE'] } = takeConfigOption(process.argv.slice(2));
  if (file) useConfigFile(readConfigFile(file));
  const host = givenValue('HOST')?.text ?? '127.0.0.1';
  const port = Number(givenValue('PORT')?.text ?? 8081);
  if (port === 0) throw new Error('The server listens on any free port (PORT=0). Set PORT.');
  const isTls = givenValue('TLS_CERT_FILE') !== undefined;
  const options: https.RequestOptions = {
    path: '/health',
    // A server is called by this name whatever it is called outside.
    headers: { host: 'localhost' },
    agent: false,
    signal: AbortSignal.timeout(LIMIT_MS),
    // The certificate is for the name outside.
    rejectUnauthorized: false,
    ...(host.startsWith(UNIX_SOCKET)
      ? { socketPath: host.slice(UNIX_SOCKET.length) }
      : { host: ALL_ADDRESSES[host] ?? host, port }),
  };
  const where = host.startsWith(UNIX_SOCKET) ? host : `${host}:${port}`;
  const status = await statusOf(isTls ? https : http, options).catch((error: Error) => {
    throw new Error(`The server on ${where} does not answer: ${reasonOf(error)}.`);
  });
  if (status !== 200) throw new Error(`The server on ${where} answers ${status}.`);
  process.stdout.write('ok\n');
}

function statusOf(client: typeof http | typeof https, options: https.RequestOptions) {
  return new Promise<number | undefined>((resolve, reject) => {
    client
      .get(options, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
      .on('error', reject);
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.name === 'AbortError') return `nothing within ${LIMIT_MS / 1_000} s`;
  return error.code ?? error.message;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
