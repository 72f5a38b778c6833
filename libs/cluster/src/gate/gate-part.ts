import { DiscoveryService } from '@nestjs/core';
import type { ApiRequest, RequestEffect } from './api-request.js';
import type { GateCall } from './gate-call.js';

/**
 * The stages of a request: whether it may be made, as whom, and the record of it. Every part
 * decides before any of them records.
 */
export const GATE_STAGES = ['policy', 'identity', 'audit'] as const;

export type GateStage = (typeof GATE_STAGES)[number];

/** A request at the gate. */
export interface GateRequest extends ApiRequest {
  /** The name of the kubeconfig context. */
  readonly context: string;
  /** An object, or the text or bytes of one. Undefined if there is none. */
  readonly body: unknown;
  /** What it does, if it is no dry run. */
  readonly effect: RequestEffect;
  /** The call that it is made for; undefined for a request of the server itself. */
  readonly call: GateCall | undefined;
  /**
   * Asks the API server what would come of a write, by a dry run of it.
   * @returns the object as it would be
   * @throws ToolError as the API server refuses it
   */
  readonly rehearse: () => Promise<unknown>;
}

/** Whether a request may change something, also what runs in a container. */
export function isWrite({ effect, isDryRun }: GateRequest): boolean {
  return effect !== 'read' && !isDryRun;
}

/**
 * What became of a request. `unknown` is a change that was sent and not answered: it may have been
 * made.
 */
export interface GateOutcome {
  state: 'done' | 'failed' | 'refused' | 'unknown';
  /** The HTTP status of the answer, where there was one. */
  status?: number;
  error?: unknown;
}

/** Headers that say for whom a request is. They take the place of those of the context. */
export type IdentityHeaders = Readonly<Record<string, string | string[]>>;

/** One concern of the gate. */
export interface GatePart {
  /** @throws ToolError to refuse a request; its message names the rule */
  decide?(request: GateRequest): void | Promise<void>;
  /** For whom the request is, where that is not said by the context. */
  identity?(request: GateRequest): IdentityHeaders | undefined;
  /**
   * Called for a request that may be made, before it is sent.
   * @throws ToolError to refuse it, e.g. because it cannot be recorded
   */
  before?(request: GateRequest): void | Promise<void>;
  /** Called once for every request that was decided on, also for one that was refused. */
  after?(request: GateRequest, outcome: GateOutcome): void | Promise<void>;
}

/** Marks an injectable class that implements `GatePart`, and gives its stage. */
export const PartOfGate = DiscoveryService.createDecorator<{ stage: GateStage }>();
