import { Module } from '@nestjs/common';
import { Programs } from './programs.js';

/** Starting programs. */
@Module({ providers: [Programs], exports: [Programs] })
export class CliModule {}
