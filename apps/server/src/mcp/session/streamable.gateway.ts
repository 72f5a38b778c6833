import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import { Injectable, Logger } from '@nestjs/common';
import { principalOf } from '../../http/authentication.js';
import { BatchTurns } from './batches.js';
import { JSON_RPC, refuse } from '../wire/json-rpc.js';
import { clientOf, type McpClient } from '../wire/mcp-client.js';
import { conditionsOf } from '../narrowing/given-conditions.js';
import { ownerMark, type SessionFacts } from './session-id.js';
import { SessionNotices } from './session-notices.js';
import { SessionStore } from './session.store.js';
import { StreamableSession, type OpenedSession } from './streamable.session.js';
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

  constructor(
    private readonly tools: ToolCalls,
    private readonly store: SessionStore,
    private readonly notices: SessionNotices,
  ) {
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
    this.busy.set(found.facts.key, session);
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
    const conditions = conditionsOf(request);
    const client = clientOf(request, this.tools.narrowings.by(conditions));
    const owner = ownerMark(client.principal);
    const session: StreamableSession = new StreamableSession(this.tools, client, this.turns, {
      opening: (facts) => {
        const opened = this.store.ids.issue({ ...facts, owner, conditions });
        session.client.keepLogLevel = (level) => this.store.keepLogLevel(opened.facts, level);
        this.busy.set(opened.facts.key, session);
        return opened;
      },
      cancelledElsewhere: () => {},
      closed: (facts) => facts && this.drop(session, facts),
    });
    await session.handle(request, response, body);
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
    const client: McpClient = {
      ...clientOf(request, this.tools.narrowings.by(facts.conditions), facts.protocolVersion),
      logLevel,
      keepLogLevel: (level) => this.store.keepLogLevel(facts, level),
    };
    const events = {
      cancelledElsewhere: (id: RequestId) => this.notices.cancelled(facts.key, id),
      closed: () => this.drop(session, facts),
    };
    const session: StreamableSession = new StreamableSession(
      this.tools,
      client,
      this.turns,
      events,
      found,
    );
    return session;
  }

  private drop(session: StreamableSession, { key }: SessionFacts): void {
    if (this.busy.get(key) === session) this.busy.delete(key);
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
