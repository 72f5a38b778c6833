import {
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Notices } from './notices.js';
import { openDatabase } from './open-database.js';
import { SqlDatabase } from './sql-database.js';
import { watchFiles } from './store-metrics.js';
import { storeConfig, type StoreConfig } from './store.config.js';

/** Closes the database after all who import the module have stored what they had. */
@Injectable()
class StoreLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly database: SqlDatabase,
    @Inject(storeConfig.KEY) private readonly config: StoreConfig,
  ) {}

  onModuleInit(): void {
    watchFiles(this.config);
  }

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

/** The database of the server. */
@Module({
  imports: [ConfigModule.forFeature(storeConfig)],
  providers: [
    { provide: SqlDatabase, inject: [storeConfig.KEY], useFactory: openDatabase },
    Notices,
    StoreLifecycle,
  ],
  exports: [SqlDatabase, Notices, ConfigModule],
})
export class StoreModule {}
