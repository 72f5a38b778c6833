import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { Unread } from './unread.js';
import { unreadConfig } from './unread.config.js';

/** What waits for clients to be read, of both doors together. */
@Module({
  imports: [ConfigModule.forFeature(unreadConfig)],
  providers: [Unread],
  exports: [Unread],
})
export class UnreadModule {}
