import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { CredentialWatch } from './credential-watch.js';
import { HttpAnswers } from './http-answers.js';
import { Unread } from './unread.js';
import { unreadConfig } from './unread.config.js';

/** What both doors share: how answers are written, and how much of them may wait. */
@Module({
  imports: [ConfigModule.forFeature(unreadConfig)],
  providers: [CredentialWatch, HttpAnswers, Unread],
  exports: [HttpAnswers, Unread],
})
export class HttpModule {}
