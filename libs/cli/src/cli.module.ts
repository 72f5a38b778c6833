import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { cliConfig } from './cli.config.js';
import { Programs } from './programs.js';

/** Starting programs. */
@Module({
  imports: [ConfigModule.forFeature(cliConfig)],
  providers: [Programs],
  exports: [Programs],
})
export class CliModule {}
