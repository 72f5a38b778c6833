import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { serverConfig, type ServerConfig } from '../server.config.js';
import { CredentialWatch } from './credential-watch.js';
import { EventStream } from './event-stream.js';
import { Outlet } from './outlet.js';
import { Unread } from './unread.js';

/** Makes what writes the answers of both doors. */
@Injectable()
export class HttpAnswers {
  /** Milliseconds of silence after which a client gets a sign of life. */
  readonly keepAliveMs: number;

  constructor(
    private readonly unread: Unread,
    private readonly credentials: CredentialWatch,
    @Inject(serverConfig.KEY) config: ServerConfig,
  ) {
    this.keepAliveMs = config.keepAliveMs;
  }

  /** Writes one answer no faster than its client reads. */
  outlet(response: ServerResponse): Outlet {
    return new Outlet(response, this.unread);
  }

  /** Writes one answer as server-sent events, as long as the credential of the request lives. */
  stream(response: ServerResponse, headers?: OutgoingHttpHeaders): EventStream {
    const { keepAliveMs, credentials } = this;
    const watch = (onEnd: () => void) => credentials.watch(response.req, onEnd);
    return new EventStream(response, this.outlet(response), { keepAliveMs, headers, watch });
  }
}
