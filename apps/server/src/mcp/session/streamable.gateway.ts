import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { principalOf } from '../../http/authentication.js';
import { MCP_SESSIONS } from '../../metrics/connections.js';
import { BatchTurns } from './batches.js';
import { JSON_RPC, refuse } from '../wire/json-rpc.js';
import { clientOf } from '../wire/mcp-client.js';
import { ownerMark, type SessionFacts } from './session-id.js';
import { SessionNotices } from './session-notices.js';
import { SessionStore } from './session.store.js';
import type { Introduction } from './sdk-session.js';
import { StreamableSession, type OpenedSession, type SessionEvents } from './streamable.session.js';
import { ToolCalls } from '../tool-calls.js';

interface FoundSession extends OpenedSession {
  readonly logLevel: string | undefined;
}

/**
 * Streamable HTTP with sessions, for clients of MCP 2025-03-26 to 2025-11-25. A session's id says
 * what there is to know of it, so that any replica, and the server after a restart, goes on with
 * it. Only sessions with requests under way are held in memory.
 */
@Injectable()
export class StreamableGateway {
  private readonly logger = new Logger('Sessions');
  /** Those with requests under way, by their keys. */
  private readonly busy = new Map<string, StreamableSession>();
  private readonly turns = new BatchTurns();
  private readonly events: SessionEvents = {
    opening: (session, introduction) => this.open(session, introduction),
    cancelledElsewhere: ({ facts }, id) => facts && this.notices.cancelled(facts.key, id),
    closed: (session) => this.drop(session),
  };

  constructor(
    private readonly tools: ToolCalls,
    private readonly store: SessionStore,
    private readonly notices: SessionNotices,
  ) {
    MCP_SESSIONS.observe(() => [[this.busy.size, 'streamable']]);
    notices.on(
      (key, request) => this.busy.get(key)?.cancel(request),
      (key) => {
        this.store.noteEnd(key);
        void this.busy.get(key)?.close();
      },
    );
  }

  /**
   * Answers a request of any method. An unknown session is a 404, after which clients start a new
   * one.
   * @throws ToolError `invalid_input` for a narrowing that is wrong, or not that of the session
   */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (id === undefined) {
      return request.method === 'GET'
        ? refuseStream(response)
        : this.begin(request, response, body);
    }
    const found = await this.find(String(id), request);
    if (!found) {
      return refuse(
        response,
        404,
        JSON_RPC.sessionNotFound,
        'Session not found. Send initialize again.',
      );
    }
    const session = this.busy.get(found.facts.key) ?? this.resume(found, request);
    this.tools.narrowings.checkLater(session.narrowing, request);
    if (request.method === 'DELETE') return this.end(session, found.facts, response);
    session.client.principal = principalOf(request);
    this.hold(session, found.facts);
    await session.handle(request, response, body);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.busy.values()].map((session) => session.close()));
  }

  /** Starts a session. The SDK refuses every request but `initialize` here. */
  private async begin(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> {
    const client = clientOf(request, this.tools.narrowings.of(request));
    const session = new StreamableSession(this.tools, client, this.turns, this.events);
    await session.handle(request, response, body);
  }

  private open(session: StreamableSession, introduction: Introduction): OpenedSession {
    const { principal, narrowing } = session.client;
    const owner = ownerMark(principal);
    const opened = this.store.ids.issue({ ...introduction, owner, conditions: narrowing.given });
    this.hold(session, opened.facts);
    return opened;
  }

  /** Undefined for a session that is unknown, too old, ended, or of another owner. */
  private async find(id: string, request: IncomingMessage): Promise<FoundSession | undefined> {
    const facts = this.store.ids.read(id);
    if (!facts || facts.owner !== ownerMark(principalOf(request))) return undefined;
    const state = await this.store.stateOf(facts);
    return state.isEnded ? undefined : { id, facts, logLevel: state.logLevel };
  }

  /** Goes on with a session that has nothing under way here. */
  private resume(found: FoundSession, request: IncomingMessage): StreamableSession {
    const { facts, logLevel } = found;
    const narrowing = this.tools.narrowings.by(facts.conditions);
    const client = { ...clientOf(request, narrowing, facts.protocolVersion), logLevel };
    return new StreamableSession(this.tools, client, this.turns, this.events, found);
  }

  private hold(session: StreamableSession, facts: SessionFacts): void {
    session.client.sessionKey = facts.key;
    session.client.keepLogLevel = (level) => this.store.keepLogLevel(facts, level);
    this.busy.set(facts.key, session);
  }

  private drop(session: StreamableSession): void {
    const { key } = session.facts ?? {};
    if (key !== undefined && this.busy.get(key) === session) this.busy.delete(key);
  }

  private async end(
    session: StreamableSession,
    facts: SessionFacts,
    response: ServerResponse,
  ): Promise<void> {
    try {
      await this.store.end(facts);
    } catch (error) {
      this.logger.warn(`The end of a session is not stored: ${(error as Error).message}`);
      const message = 'The end of the session cannot be stored at the moment. Send DELETE again.';
      return refuse(response, 503, JSON_RPC.refused, message, { 'retry-after': '2' });
    }
    this.notices.ended(facts.key);
    await session.close();
    response.writeHead(200).end();
  }
}

/** Only sessions have a stream to listen to. Clients take a 405 for "none" (MCP, Transports). */
function refuseStream(response: ServerResponse): void {
  const message = 'GET opens the stream of a session. Start one: POST initialize.';
  refuse(response, 405, JSON_RPC.refused, message, { allow: 'POST' });
}
