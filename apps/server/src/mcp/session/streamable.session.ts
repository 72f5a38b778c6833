import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  isInitializeRequest,
  LATEST_PROTOCOL_VERSION,
  SUPPORTED_PROTOCOL_VERSIONS,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { EVENT_STREAM } from '../../http/event-stream.js';
import { asCall, exchangeCall, type CallMessage } from '../call-exchange.js';
import { Batches, type BatchTurns } from './batches.js';
import { JSON_RPC, refuse } from '../wire/json-rpc.js';
import { McpConnection } from '../mcp-connection.js';
import type { Narrowing } from '../narrowing/narrowing.js';
import type { McpClient } from '../wire/mcp-client.js';
import type { SessionFacts } from './session-id.js';
import { SdkSession, type Introduction } from './sdk-session.js';
import type { ToolCalls } from '../tool-calls.js';
import { toWebRequest, writeAnswer } from '../wire/web-exchange.js';

/** A session that has an id. */
export interface OpenedSession {
  readonly id: string;
  readonly facts: SessionFacts;
}

/** What becomes of a session. */
export interface SessionEvents {
  /** The client's `initialize` is accepted. */
  opening(session: StreamableSession, introduction: Introduction): OpenedSession;
  /** The client cancels a request that does not run here. */
  cancelledElsewhere(session: StreamableSession, id: RequestId): void;
  /** Nothing of it is under way here any more. */
  closed(session: StreamableSession): void;
}

/**
 * What is under way of one session of Streamable HTTP. It goes once nothing is. The SDK's server
 * object is made when a request needs it, with the introduction that the session was opened with.
 */
export class StreamableSession {
  private readonly connection: McpConnection;
  private readonly calls = new Map<RequestId, AbortController>();
  private readonly batches: Batches;
  private sdk: Promise<SdkSession> | undefined;
  private handling = 0;

  /** @param opened undefined for one that begins with its first request */
  constructor(
    private readonly tools: ToolCalls,
    readonly client: McpClient,
    turns: BatchTurns,
    private readonly events: SessionEvents,
    private opened?: OpenedSession,
  ) {
    client.offersTasks = true;
    this.connection = new McpConnection(tools, client);
    this.batches = new Batches(turns);
  }

  get facts(): SessionFacts | undefined {
    return this.opened?.facts;
  }

  get narrowing(): Narrowing {
    return this.client.narrowing;
  }

  /** Answers one HTTP request of the session. The request is cancelled if the client hangs up. */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    this.handling += 1;
    try {
      if (!response.destroyed) await this.answer(request, response, body);
    } finally {
      this.handling -= 1;
      if (this.handling === 0) await this.close();
    }
  }

  /** Cancels a request. One that does not run here stays as it is. */
  cancel(id: RequestId): void {
    this.calls.get(id)?.abort();
    void this.sdk?.then((sdk) => sdk.cancel(id, 'The client cancelled it at another replica.'));
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.events.closed(this);
    for (const cancel of this.calls.values()) cancel.abort();
    const sdk = await this.sdk;
    await sdk?.close();
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> {
    const isReady = this.opened !== undefined && isInOrder(request);
    const message = asCall(body);
    if (message && isReady) return this.call(message, response);
    if (Array.isArray(body)) return this.batch(request, response, body);
    const cancelled = cancelledBy(body);
    if (cancelled !== undefined) this.cancelled(cancelled);
    // Without the SDK's objects no request is under way that they could cancel.
    if (cancelled !== undefined && isReady && !this.sdk) return void response.writeHead(202).end();
    return this.pass(request, response, body);
  }

  private cancelled(id: RequestId): void {
    const call = this.calls.get(id);
    if (call) call.abort();
    else this.events.cancelledElsewhere(this, id);
  }

  private async batch(
    request: IncomingMessage,
    response: ServerResponse,
    body: readonly unknown[],
  ): Promise<void> {
    const end = await this.batches.begin(requestIds(body).length);
    if (!end) {
      return refuse(response, 503, JSON_RPC.refused, 'Too many requests of batches are open.');
    }
    if (response.destroyed) return end();
    response.once('close', end);
    return this.pass(request, response, body);
  }

  /** Has the SDK answer a request. */
  private async pass(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
  ): Promise<void> {
    this.sdk ??= new SdkSession(this.tools, this.client, this.connection, () =>
      this.idFor(body),
    ).start(this.facts);
    const sdk = await this.sdk;
    response.once('close', () => {
      if (response.writableFinished) return;
      // It cannot resume its streams.
      for (const id of requestIds(body)) sdk.cancel(id, 'The client hung up.');
    });
    // Broken JSON comes as text. The transport answers text with a parse error.
    const answer = await sdk.handle(toWebRequest(request), body ?? '');
    await writeAnswer(answer, response, this.connection.http);
  }

  /** The id of this session, which the SDK asks for once it has accepted an `initialize`. */
  private idFor(body: unknown): string {
    this.opened ??= this.events.opening(this, introductionIn(body));
    return this.opened.id;
  }

  private async call(message: CallMessage, response: ServerResponse): Promise<void> {
    const cancel = new AbortController();
    const { connection } = this;
    this.calls.set(message.id, cancel);
    try {
      const headers = { 'mcp-session-id': this.opened!.id };
      await exchangeCall({ connection, message, response, cancel, headers });
    } finally {
      if (this.calls.get(message.id) === cancel) this.calls.delete(message.id);
    }
  }
}

/** What an accepted `initialize` says, with the protocol version that the SDK answers it with. */
function introductionIn(body: unknown): Introduction {
  const message: unknown = Array.isArray(body) ? body[0] : body;
  if (!isInitializeRequest(message)) throw new Error('The SDK has accepted what is no initialize.');
  const { protocolVersion, clientInfo, capabilities } = message.params;
  const isKnown = SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion);
  return {
    protocolVersion: isKnown ? protocolVersion : LATEST_PROTOCOL_VERSION,
    clientInfo,
    capabilities,
  };
}

/** Whether a call has the headers of a 2025 client. If not, the SDK answers what is wrong. */
function isInOrder({ headers }: IncomingMessage): boolean {
  const version = headers['mcp-protocol-version'];
  return (
    [EVENT_STREAM, 'application/json'].every((type) => headers.accept?.includes(type)) &&
    (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version)))
  );
}

/** The request that a notification of the client cancels. */
function cancelledBy(body: unknown): RequestId | undefined {
  const { method, params } = (body ?? {}) as Record<string, unknown>;
  if (method !== 'notifications/cancelled') return undefined;
  return (params as { requestId?: RequestId } | null | undefined)?.requestId;
}

function requestIds(body: unknown): RequestId[] {
  const messages: unknown[] = Array.isArray(body) ? body : [body];
  return messages
    .map((message) => (message as { id?: unknown } | null | undefined)?.id)
    .filter((id) => typeof id === 'string' || typeof id === 'number');
}
