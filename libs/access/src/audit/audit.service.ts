import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Clusters, type GateCall, type GateRequest } from '#cluster';
import { runningServers, STORE_UP, within } from '#store';
import { otelConfig, type OtelConfig } from '#telemetry';
import { ToolError, type RefusedCall, type ToolInvocation } from '#tools';
import { AuditChain } from './audit-chain.js';
import type { AuditDraft, AuditEntry, EntryId } from './audit-entry.js';
import { AuditKey } from './audit-key.js';
import { AuditLines } from './audit-lines.js';
import { auditConfig, type AuditConfig } from './audit.config.js';
import {
  FileCheckpointSink,
  HttpCheckpointSink,
  type CheckpointSink,
} from './checkpoints/checkpoint-sink.js';
import { ConfigMapCheckpointSink } from './checkpoints/config-map-sink.js';
import { callDraft, principalOf, refusedDraft, type CallDraft } from './call-draft.js';
import { Checkpoints } from './checkpoints/checkpoints.js';
import { unknownOutcome } from './open-intents.js';
import { OtlpLog } from './otlp-log.js';
import { RefusalBudget } from './refusal-budget.js';
import { requestDraft, type RequestDraft } from './request-draft.js';
import { AuditDatabase } from './store/audit-database.js';
import { AuditRetention } from './store/audit-retention.js';
import { AuditStore } from './store/audit-store.js';
import { AuditWriter } from './store/audit-writer.js';

/** Milliseconds that a write waits for its intent to be stored. Its caller knows within 5 s. */
const INTENT_LIMIT_MS = 4_500;
/** How often it is looked for servers that are gone, and for entries that are old. */
const SWEEP_MS = 60_000;
const RETENTION_MS = 60 * 60_000;
/** Milliseconds that the last entries get when the server ends. */
const CLOSE_MS = 2_000;

/** An intent that is being stored. */
export interface Announced {
  /** What its outcome refers to. */
  readonly id: EntryId;
  readonly stored: Promise<void>;
}

/** What of an entry depends on what it tells of. */
type Draft = Omit<AuditDraft, 'kind'>;

/** The record of what was asked of this server, and of what it did. */
@Injectable()
export class Audit implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Audit.name);
  private readonly chain: AuditChain;
  private readonly checkpoints: Checkpoints;
  private readonly digestKey: Uint8Array;
  private readonly lines: AuditLines | undefined;
  private readonly refusals = new RefusalBudget();
  private otlp: OtlpLog | undefined;
  private readonly timers: NodeJS.Timeout[] = [];
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: AuditDatabase,
    private readonly store: AuditStore,
    private readonly writer: AuditWriter,
    private readonly retention: AuditRetention,
    clusters: Clusters,
    @Inject(auditConfig.KEY) private readonly config: AuditConfig,
    @Inject(otelConfig.KEY) private readonly otel: OtelConfig,
  ) {
    const key = AuditKey.open(config.keyFile);
    this.digestKey = key.digestKey;
    this.lines = config.file === undefined ? undefined : new AuditLines(config.file);
    this.chain = new AuditChain(database.sql.serverId, (entry) => this.take(entry));
    this.checkpoints = new Checkpoints(this.chain, key, [store, ...sinksOf(config, clusters)]);
  }

  /** Why the audit cannot be stored now; undefined while it can. */
  get failure(): string | undefined {
    return this.writer.failure;
  }

  /** What each entry of a call has. */
  draftOf(invocation: ToolInvocation): CallDraft {
    return callDraft(invocation, this.digestKey);
  }

  /** What each entry of a request to an API server has, that a call makes. */
  requestDraftOf(request: GateRequest, call: GateCall): RequestDraft {
    return requestDraft(request, call, this.digestKey);
  }

  /** Notes a request that was refused at the gate, and so never announced. */
  requestRefused(draft: Draft & RequestDraft): void {
    if (!this.refusals.tryTake(draft.principal.id)) return this.chain.skip();
    this.append({ ...draft, kind: 'outcome' });
  }

  /**
   * Notes a call that was refused before it began. Of a principal that is refused too often, calls
   * are only counted.
   */
  refused({ error, ...refused }: RefusedCall): void {
    const { principal, caller } = refused.call;
    if (!this.refusals.tryTake(principalOf(principal, caller).id)) return this.chain.skip();
    const { code, message } = error;
    const rule = code === 'forbidden' ? message : undefined;
    const draft = refusedDraft(refused, this.digestKey);
    this.called({ ...draft, decision: 'refused', outcome: 'refused', code, rule });
  }

  /** Notes a call that has ended. */
  called(draft: Draft): void {
    this.append({ ...draft, kind: 'call' });
  }

  /**
   * Notes the intent to write. It is stored with the next one that is waited for, or a little
   * later.
   * @throws ToolError `unavailable` while too many entries wait
   */
  announce(draft: Draft): Announced {
    const { entry, stored } = this.chain.append({ ...draft, kind: 'intent' })!;
    return { id: { chain: entry.chain, seq: entry.seq }, stored };
  }

  /** Begins to store what waits. */
  hurry(): void {
    this.writer.hurry();
  }

  /**
   * Waits until an intent is stored, and so every entry before it. Nothing may be sent earlier.
   * @throws ToolError `unavailable` if it cannot be stored; nothing may be sent then
   */
  async confirm({ id, stored }: Announced, draft: Draft): Promise<void> {
    this.hurry();
    try {
      await within(INTENT_LIMIT_MS, stored, 'Not stored');
    } catch (cause) {
      // It may be stored later, and is then known to have come to nothing.
      this.outcome(id, { ...draft, outcome: 'refused', code: 'unavailable' });
      throw new ToolError(
        'unavailable',
        'The audit cannot be stored at the moment, so nothing was changed. Try again later.',
        { cause },
      );
    }
  }

  /** Notes how a write has ended. */
  outcome(intent: EntryId, draft: Draft): void {
    this.append({ ...draft, kind: 'outcome', intent });
  }

  async onModuleInit(): Promise<void> {
    STORE_UP.observe(() => [[this.failure === undefined ? 1 : 0, 'audit']]);
    this.otlp = await OtlpLog.open(this.otel);
    await this.database.sql.migrate();
    await this.checkpoints.start();
  }

  /** Later than the start of the modules, by which servers that have ended here are known. */
  async onApplicationBootstrap(): Promise<void> {
    this.timers.push(
      setInterval(() => this.sweep(() => this.closeIntents()), SWEEP_MS).unref(),
      setInterval(() => this.sweep(() => this.forget()), RETENTION_MS).unref(),
    );
    this.sweep(() => this.closeIntents());
    await this.sweeping;
    this.sweep(() => this.forget());
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sweeping;
    await this.writer.flushWithin(CLOSE_MS);
    await this.checkpoints.end();
    this.writer.close();
    await Promise.all([this.lines?.close(), this.otlp?.close()]);
  }

  private append(draft: AuditDraft): void {
    // The chain logs what is lost.
    this.chain.append(draft)?.stored.catch(() => {});
  }

  private take(entry: AuditEntry): Promise<void> {
    this.lines?.write(entry);
    this.otlp?.write(entry);
    return this.writer.store(entry);
  }

  private sweep(work: () => Promise<void>): void {
    this.sweeping = this.sweeping.then(work).catch((error: Error) => {
      this.logger.warn({ msg: 'The audit is not tidied up for now.', err: error });
    });
  }

  /** Writes that servers which are gone had begun have an outcome that nobody knows. */
  private async closeIntents(): Promise<void> {
    const own = this.chain.id;
    const running = await runningServers(this.database.sql);
    // One server does it for all.
    if (running.some((id) => id < own)) return;
    for (const intent of await this.store.openIntents([own, ...running])) {
      this.append(unknownOutcome(intent));
    }
    await this.writer.flushWithin(CLOSE_MS);
  }

  private async forget(): Promise<void> {
    const before = new Date(Date.now() - this.config.maxAgeMs).toISOString();
    await this.retention.forgetBefore(before, this.checkpoints);
  }
}

function sinksOf(
  { checkpointFile, checkpointUrl, checkpointConfigMap }: AuditConfig,
  clusters: Clusters,
): CheckpointSink[] {
  return [
    ...(checkpointFile === undefined ? [] : [new FileCheckpointSink(checkpointFile)]),
    ...(checkpointUrl === undefined ? [] : [new HttpCheckpointSink(checkpointUrl)]),
    ...(checkpointConfigMap === undefined
      ? []
      : [new ConfigMapCheckpointSink(checkpointConfigMap, () => clusters.get())]),
  ];
}
