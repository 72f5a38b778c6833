import { afterAll, beforeAll } from 'vitest';
import { Postgres } from './postgres.js';
import { useExecutions, useTargets, type ExecutionsInUse, type Targets } from './use-executions.js';

/** Servers that share a database. To be used in hooks and tests only. */
export interface Replicas {
  readonly postgres: Postgres;
  readonly targets: Targets;
  readonly a: ExecutionsInUse;
  readonly b: ExecutionsInUse;
  /** Variables of one more server. */
  readonly env: () => Record<string, string>;
}

/** Starts a PostgreSQL for the tests of a file, and two servers on it. */
export function useReplicas(): Replicas {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await Postgres.start();
  });
  afterAll(() => postgres.stop());
  const targets = useTargets();
  const env = () => ({ ...targets.env, DATABASE_URL: postgres.url });
  return {
    get postgres() {
      return postgres;
    },
    targets,
    a: useExecutions({ targets, env }),
    b: useExecutions({ targets, env }),
    env,
  };
}
