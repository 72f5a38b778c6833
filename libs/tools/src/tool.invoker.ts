import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { atOnce, sharedTurns, untilAborted } from '#base';
import { logFactsOf, type CallOrigin } from './call-origin.js';
import { cutName } from './cut-name.js';
import { readInput } from './tool-input.js';
import {
  InterceptsTools,
  TOOL_STAGES,
  type RefusedCall,
  type ToolInterceptor,
  type ToolInvocation,
} from './tool.interceptor.js';
import { ToolError } from './tool.error.js';
import type { Principal } from './principal.js';
import type { RequirementScope } from './tool-requirement.js';
import { ToolRegistry } from './tool.registry.js';
import type { Progress, ToolDefinition, ToolResult } from './tool.js';
import { toolsConfig, type ToolsConfig } from './tools.config.js';
import {
  errorSteps,
  visibleError,
  visibleReports,
  visibleResult,
} from './visible/visible-outcome.js';

/** A call that may run: its tool, and its parameters as they were read and checked. */
export interface PreparedCall {
  tool: ToolDefinition;
  input: object;
  shared: Readonly<Record<string, unknown>>;
}

/** Options of a call. */
export interface CallOptions {
  /** Aborts when the call is cancelled. */
  signal: AbortSignal;
  /** UUID to run under; a new one unless given. */
  executionId?: string;
  /** Who calls: callers take turns by it. */
  caller?: string;
  /** Who has proved to be calling. */
  principal?: Principal | undefined;
  /** The way in: `rest`, `mcp` or `stdio`. */
  door?: string | undefined;
  /** As in `ToolCall`. */
  origin?: CallOrigin | undefined;
  /** As in `ToolCall`. */
  remembered?: Promise<void> | undefined;
  /** Seconds after which it is ended, if that is before the limit of its tool. */
  timeLimitSeconds?: number;
  /** The most characters of the answer. `MAX_OUTPUT_CHARS` unless given. */
  maxOutputChars?: number | undefined;
  /** The most characters of the output that are kept. Those of the answer unless given. */
  maxKeptChars?: number;
  progress?: (progress: Progress) => void;
  emit?: (chunk: string) => void;
  settled?: () => void;
}

/** How the log names a call. */
type Identity = Pick<CallOptions, 'executionId' | 'origin'>;

type Step = (invocation: ToolInvocation) => Promise<ToolResult>;

/** Runs tools: validates, goes through the interceptors, and logs one line a call. */
@Injectable()
export class ToolInvoker implements OnModuleInit {
  private readonly logger = new Logger(ToolInvoker.name);
  private interceptors: readonly ToolInterceptor[] = [];
  private chain: Step = runTool;

  constructor(
    private readonly registry: ToolRegistry,
    private readonly discovery: DiscoveryService,
    @Inject(toolsConfig.KEY) private readonly config: ToolsConfig,
  ) {}

  onModuleInit(): void {
    const found = this.discovery
      .getProviders({ metadataKey: InterceptsTools.KEY })
      .map((wrapper) => ({
        stage: this.discovery.getMetadataByDecorator(InterceptsTools, wrapper)?.stage ?? 'limit',
        interceptor: wrapper.instance as ToolInterceptor,
      }))
      .sort((a, b) => TOOL_STAGES.indexOf(a.stage) - TOOL_STAGES.indexOf(b.stage));
    this.interceptors = found.map(({ interceptor }) => interceptor);
    this.chain = this.interceptors.reduceRight<Step>(
      (next, interceptor) => (invocation) => interceptor.intercept(invocation, next),
      runTool,
    );
  }

  /** Tells the interceptors of a call that is about to be run, to be followed by `retract`. */
  announce(call: PreparedCall, options: CallOptions): void {
    const invocation = this.invocationOf(call, options);
    try {
      for (const interceptor of this.interceptors) interceptor.announce?.(invocation);
    } catch (error) {
      // It refuses the call when it is run, too.
      if (!(error instanceof ToolError)) throw error;
    }
  }

  /** Tells them that it has ended, or that it is not run after all. */
  retract(executionId: string): void {
    for (const interceptor of this.interceptors) interceptor.retract?.(executionId);
  }

  /**
   * Tells the interceptors of a call that is not run, because something before them has refused it.
   * It is taken back if it was announced.
   */
  refuse(refused: Omit<RefusedCall, 'tool'>): void {
    const tool = this.registry.find(refused.name);
    for (const interceptor of this.interceptors) interceptor.refused?.({ ...refused, tool });
    this.retract(refused.call.executionId);
  }

  /**
   * Finds a tool and checks the parameters of a call.
   * @param args the parameters, as the caller sent them
   * @param call the ids that a refusal has in the log
   * @throws ToolError `not_found`, `invalid_input`
   */
  prepare(name: string, args: unknown, call: Identity = {}): PreparedCall {
    const { executionId = randomUUIDv7(), origin } = call;
    const startedAt = performance.now();
    try {
      return this.read(this.registry.get(name), args);
    } catch (error) {
      const failure = this.asToolError(error, { executionId, origin });
      this.log(cutName(name), { executionId, origin }, failure.code, startedAt);
      throw atOnce(errorSteps(failure));
    }
  }

  /**
   * Runs a call to its end.
   * @throws ToolError, and nothing else: `unavailable` for a tool that lacks something. A bug of
   * ours is logged in full and thrown as `internal`.
   */
  async run(prepared: PreparedCall, options: CallOptions): Promise<ToolResult> {
    const reports = visibleReports(options);
    const invocation = this.invocationOf(prepared, { ...options, ...reports });
    const { tool, call } = invocation;
    const startedAt = performance.now();
    let outcome = 'success';
    try {
      await this.refuseIncomplete(invocation);
      const result = await this.chain(invocation).catch(async (error: unknown) => {
        // A requirement may have disappeared since it was last checked. Then that is why nothing
        // was found.
        const isLost = error instanceof ToolError && error.code === 'not_found';
        if (isLost) await checkComplete(tool, call);
        throw error;
      });
      return await visibleResult(result);
    } catch (error) {
      const failure = this.asToolError(error, call);
      outcome = failure.code;
      throw await visibleError(failure);
    } finally {
      reports.end();
      this.log(tool.name, call, outcome, startedAt);
      // Many calls may wait for the same event. What follows takes time: answers, records.
      await sharedTurns.pass();
    }
  }

  private invocationOf(
    { tool, input, shared }: PreparedCall,
    { signal, remembered, timeLimitSeconds, ...options }: CallOptions,
  ): ToolInvocation {
    const { caller, principal, door, origin } = options;
    const { executionId = randomUUIDv7(), maxOutputChars = this.config.maxOutputChars } = options;
    const { maxKeptChars = maxOutputChars } = options;
    const { progress = ignore, emit = ignore, settled = ignore } = options;
    const call = {
      executionId,
      caller,
      principal,
      door,
      origin,
      signal,
      remembered,
      shared,
      timeLimitSeconds,
      maxOutputChars,
      maxKeptChars,
      progress,
      emit,
      settled,
    };
    return { tool, input, call };
  }

  /** @throws ToolError as `checkComplete` */
  private async refuseIncomplete({ tool, input, call }: ToolInvocation): Promise<void> {
    try {
      await checkComplete(tool, call);
    } catch (error) {
      const args = { ...input, ...call.shared };
      const failure = this.asToolError(error, call);
      this.refuse({ name: tool.name, args, error: failure, call });
      throw failure;
    }
  }

  private read(tool: ToolDefinition, args: unknown): PreparedCall {
    const { name, input, sharedInputs, inputSchema } = tool;
    const inputs = [input, ...sharedInputs];
    const [own = {}, ...others] = readInput(name, inputs, inputSchema.properties, args);
    return { tool, input: own, shared: Object.assign({}, ...others) as Record<string, unknown> };
  }

  /** The tool that has a name, if there is one. */
  find(name: string): ToolDefinition | undefined {
    return this.registry.find(name);
  }

  private log(tool: string, call: Identity, outcome: string, startedAt: number): void {
    const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const { executionId, origin } = call;
    this.logger.log({ msg: 'call', tool, executionId, ...logFactsOf(origin), outcome, durationMs });
  }

  private asToolError(error: unknown, { executionId, origin }: Identity): ToolError {
    if (error instanceof ToolError) return error;
    this.logger.error({ msg: 'bug', executionId, ...logFactsOf(origin), err: error });
    return new ToolError(
      'internal',
      `Internal error; the server's log has it under ${executionId}.`,
      {
        cause: error,
      },
    );
  }
}

/** @throws ToolError `unavailable` for a tool that lacks something, with how to get it */
async function checkComplete(tool: ToolDefinition, scope: RequirementScope): Promise<void> {
  for (const requirement of tool.requirements) {
    const missing = await requirement.missing(scope);
    if (missing === undefined) continue;
    throw new ToolError('unavailable', `${tool.name} cannot run: ${missing}`, { retryable: false });
  }
}

function ignore(): void {}

/** Milliseconds that a write gets after an abort, to report what it has done. */
const WRITE_GRACE_MS = 2_000;

async function runTool({ tool, input, call }: ToolInvocation): Promise<ToolResult> {
  call.signal.throwIfAborted();
  try {
    const produced = tool.run(input, call);
    if (isAsyncIterable(produced)) return await collect(produced, call);
    const result = await untilAborted(
      Promise.resolve(produced as ToolResult | string),
      call.signal,
      tool.annotations.readOnlyHint ? 0 : WRITE_GRACE_MS,
    );
    return typeof result === 'string' ? { output: result } : result;
  } catch (error) {
    // After an abort, the abort is the reason, whatever the tool threw.
    throw call.signal.aborted && !(error instanceof ToolError) ? call.signal.reason : error;
  }
}

/** Emits each piece as it comes, and returns all of them, as far as they are kept. */
async function collect(
  pieces: AsyncIterable<string>,
  { signal, emit, maxKeptChars }: ToolInvocation['call'],
): Promise<ToolResult> {
  const iterator = pieces[Symbol.asyncIterator]();
  let output = '';
  try {
    while (output.length <= maxKeptChars) {
      const { done, value } = await untilAborted(iterator.next(), signal);
      if (done) return { output };
      emit(value);
      output += value;
    }
    return { output };
  } catch (error) {
    throw error instanceof ToolError ? error.with({ output }) : error;
  } finally {
    // Not awaited: a tool that is stuck would block its caller.
    iterator.return?.().then(ignore, ignore);
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<string> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
