import { startSandbox, terminalReporter, type Sandbox } from '#sandbox';
import { benchAccess } from './access.js';
import { benchArgo } from './argo.js';
import { benchCall } from './call-profile.js';
import { benchExecutions } from './executions.js';
import { benchFaults } from './faults.js';
import { benchHelm } from './helm.js';
import { benchReads } from './reads.js';
import { benchPeers } from './peers/peers.js';
import { startServer } from './server.js';
import { soak } from './soak.js';
import { benchVerify } from './verify.js';
import { benchWrites } from './writes.js';

type Bench = (sandbox: Sandbox) => Promise<void>;

/** What is measured, in this order; each with a server of its own. */
const PARTS: Record<string, Bench> = {
  reads: benchReads,
  writes: withServer(benchWrites),
  argo: withServer(benchArgo),
  helm: withServer(benchHelm),
  executions: benchExecutions,
  access: benchAccess,
};

function withServer(bench: (sandbox: Sandbox, url: string) => Promise<void>): Bench {
  return async (sandbox) => {
    const server = await startServer(sandbox, bench.name);
    try {
      await bench(sandbox, server.url);
    } finally {
      await server.stop();
    }
  };
}

/** Parts that are measured only by name, with the words that follow it. */
const NAMED: Record<string, (sandbox: Sandbox, words: string[]) => Promise<void>> = {
  soak: (sandbox, [minutes = '5']) => soak(sandbox, Number(minutes)),
  faults: benchFaults,
  verify: benchVerify,
  peers: benchPeers,
  call: benchCall,
};

/**
 * `npm run bench` measures everything but the soak and the faults, with a name only that part;
 * `npm run bench -- soak 5` soaks for five minutes, `npm run bench -- faults` brings faults about,
 * `npm run bench -- verify` checks audits of up to a million entries, `npm run bench -- peers`
 * measures servers of others too, and writes a page; `npm run bench -- call` says where the time of
 * a call goes.
 */
async function main([part, ...words]: string[]): Promise<void> {
  const benches = part === undefined ? Object.values(PARTS) : partsNamed(part, words);
  const sandbox = await startSandbox({
    name: `bench-${process.pid}`,
    ephemeral: true,
    report: terminalReporter(),
  });
  try {
    for (const bench of benches) await bench(sandbox);
  } finally {
    await sandbox.stop({ purge: true });
  }
}

function partsNamed(part: string, words: string[]): Bench[] {
  const named = NAMED[part];
  const bench = named ? (sandbox: Sandbox) => named(sandbox, words) : PARTS[part];
  if (bench) return [bench];
  const names = [...Object.keys(PARTS), ...Object.keys(NAMED)].join(', ');
  throw new Error(`There is no part "${part}": there are ${names}.`);
}

await main(process.argv.slice(2));
