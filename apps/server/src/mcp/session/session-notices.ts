import { Injectable } from '@nestjs/common';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { Notices } from '#store';

const CHANNEL = 'skyflo_sessions';

/** PostgreSQL takes 8,000 bytes. A longer id of a request is not worth more. */
const MAX_CHARS = 2_000;

interface SessionNotice {
  session: string;
  /** The request that is cancelled. Undefined where the whole session has ended. */
  request?: RequestId;
}

/** What replicas tell each other of sessions, whose requests come to any of them. */
@Injectable()
export class SessionNotices {
  constructor(private readonly notices: Notices) {}

  /** Has what other replicas tell obeyed here. Constructors call it. */
  on(
    cancelled: (session: string, request: RequestId) => void,
    ended: (session: string) => void,
  ): void {
    this.notices.on(CHANNEL, (payload) => {
      const { session, request } = JSON.parse(payload) as SessionNotice;
      if (request === undefined) ended(session);
      else cancelled(session, request);
    });
  }

  /** A client cancels a request that does not run here. */
  cancelled(session: string, request: RequestId): void {
    this.send({ session, request });
  }

  /** A client has ended its session. */
  ended(session: string): void {
    this.send({ session });
  }

  private send(notice: SessionNotice): void {
    const payload = JSON.stringify(notice);
    if (payload.length <= MAX_CHARS) this.notices.send(CHANNEL, payload);
  }
}
