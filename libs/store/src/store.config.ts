import { join } from 'node:path';
import type { ConfigType } from '@nestjs/config';
import { stateFolder } from '#base';
import { registerConfig, TextSetting } from '#tools';

class StoreEnvironment {
  @TextSetting({
    isSecret: true,
    description:
      'A PostgreSQL database to remember executions in, as a URL (`postgres://…`). Replicas of ' +
      'the server that have the same one share their executions.',
    format: { pattern: /^(postgres(ql)?:\/\/.+)?$/, means: 'a URL that begins with `postgres://`' },
  })
  DATABASE_URL = '';

  @TextSetting({
    description:
      'The SQLite file to remember executions in where `DATABASE_URL` is not set. `:memory:`: ' +
      'they are forgotten when the server ends.',
    otherwise: '`~/.local/state/skyflo-mcp/executions.db`',
  })
  EXECUTIONS_FILE = '';

  @TextSetting({
    description: 'The folder of the default `EXECUTIONS_FILE`.',
    otherwise: '`~/.local/state`',
  })
  XDG_STATE_HOME = '';
}

/** Where the database is. */
export const storeConfig = registerConfig('store', StoreEnvironment, (environment) => ({
  databaseUrl: environment.DATABASE_URL || undefined,
  file:
    environment.EXECUTIONS_FILE || join(stateFolder(environment.XDG_STATE_HOME), 'executions.db'),
}));

export type StoreConfig = ConfigType<typeof storeConfig>;
