import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ranges that operating systems hand out for outgoing connections. */
const range = { from: 20_000, to: 32_000 };

/** Asks the operating system for each port that is wanted; none is given twice. */
export async function freePorts<Name extends string>(
  names: readonly Name[],
  preferred: Partial<Record<Name, number>> = {},
): Promise<Record<Name, number>> {
  const ports = new Map<Name, number>();
  for (const name of names) {
    let port = preferred[name] ?? randomInt(range.from, range.to);
    while ([...ports.values()].includes(port) || !(await isFree(port))) {
      port = randomInt(range.from, range.to);
    }
    ports.set(name, port);
  }
  return Object.fromEntries(ports) as Record<Name, number>;
}

/** Whether a server could listen on that port of loopback. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
