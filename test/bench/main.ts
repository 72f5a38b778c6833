import { startSandbox, terminalReporter, type Sandbox } from '#sandbox';
import { benchArgo } from './argo.js';
import { benchExecutions } from './executions.js';
import { benchHelm } from './helm.js';
import { benchReads } from './reads.js';
import { startServer } from './server.js';
import { soak } from './soak.js';
import { benchWrites } from './writes.js';

type Bench = (sandbox: Sandbox) => Promise<void>;

/** What is measured, in this order; each with a server of its own. */
const PARTS: Record<string, Bench> = {
  reads: benchReads,
  writes: withServer(benchWrites),
  argo: withServer(benchArgo),
  helm: withServer(benchHelm),
  executions: benchExecutions,
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

/**
 * `npm run bench` measures everything but the soak, with a name only that part; `npm run bench --
 * soak 5` soaks for five minutes.
 */
async function main([part, minutes = '5']: string[]): Promise<void> {
  const named =
    part === 'soak' ? (sandbox: Sandbox) => soak(sandbox, Number(minutes)) : part && PARTS[part];
  if (part && !named) {
    const names = [...Object.keys(PARTS), 'soak'].join(', ');
    throw new Error(`There is no part "${part}": there are ${names}.`);
  }
  const sandbox = await startSandbox({
    name: `bench-${process.pid}`,
    ephemeral: true,
    report: terminalReporter(),
  });
  try {
    for (const bench of named ? [named] : Object.values(PARTS)) await bench(sandbox);
  } finally {
    await sandbox.stop({ purge: true });
  }
}

await main(process.argv.slice(2));
