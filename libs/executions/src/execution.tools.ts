import {
  ANSWER_SECONDS,
  ownerOf,
  ToolError,
  Tool,
  ToolProvider,
  type ToolCall,
  type ToolResult,
} from '#tools';
import { ExecutionCancelDto } from './dto/execution-cancel.dto.js';
import { ExecutionStatusDto } from './dto/execution-status.dto.js';
import { ExecutionWaitDto } from './dto/execution-wait.dto.js';
import { ExecutionAnswers } from './execution.answers.js';
import { isFinished, type Execution } from './execution.js';
import { ExecutionCanceller } from './follow/execution.canceller.js';
import { ExecutionReader } from './follow/execution.reader.js';

/** The tag of tools about executions. */
const EXECUTIONS_TAG = 'executions';

/** An id that no execution has. */
const EXAMPLE = { execution_id: '00000000-0000-4000-8000-000000000000' };

/**
 * Tools for clients that cut off long calls: they come back to a call that goes on. They are in the
 * category that every client shows.
 */
@ToolProvider({
  name: 'k8s',
  order: ['execution_status', 'execution_wait', 'execution_cancel'],
})
export class ExecutionTools {
  constructor(
    private readonly reader: ExecutionReader,
    private readonly canceller: ExecutionCanceller,
    private readonly answers: ExecutionAnswers,
  ) {}

  @Tool({
    name: 'execution_status',
    title: 'Get Execution Status',
    description: 'Says how an execution stands; offset (characters) reads on in its output.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    tags: [EXECUTIONS_TAG],
    place: 'none',
    example: EXAMPLE,
  })
  async status({ execution_id, offset }: ExecutionStatusDto, call: ToolCall): Promise<ToolResult> {
    await this.reader.mustBeOf(ownerOf(call.principal), execution_id);
    return this.answer(await this.reader.find(execution_id), offset, call);
  }

  @Tool({
    name: 'execution_wait',
    title: 'Wait for Execution',
    description: 'Waits until an execution ends, and gives its output.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    tags: [EXECUTIONS_TAG],
    place: 'wait',
    isTimed: true,
    timeLimitSeconds: ({ timeout_seconds }: ExecutionWaitDto) => timeout_seconds + ANSWER_SECONDS,
    example: { ...EXAMPLE, timeout_seconds: 30 },
  })
  async wait(
    { execution_id, timeout_seconds }: ExecutionWaitDto,
    call: ToolCall,
  ): Promise<ToolResult> {
    const { principal, signal, progress } = call;
    const owner = ownerOf(principal);
    await this.mayFollow(owner, execution_id);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout_seconds * 1_000)]);
    let outages = 0;
    const tell = (message: string) => progress({ progress: ++outages, message });
    const end = await this.reader.ended(execution_id, limit, tell);
    signal.throwIfAborted();
    await this.reader.mustBeOf(owner, execution_id);
    return this.answer(end ?? (await this.reader.find(execution_id)), 0, call);
  }

  @Tool({
    name: 'execution_cancel',
    title: 'Cancel Execution',
    description: 'Cancels an execution. What it has done stays: see execution_status.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
    effects: ['read'],
    tags: [EXECUTIONS_TAG],
    place: 'none',
    example: EXAMPLE,
  })
  async cancel({ execution_id }: ExecutionCancelDto, call: ToolCall): Promise<ToolResult> {
    const { principal, signal } = call;
    await this.reader.mustBeOf(ownerOf(principal), execution_id);
    await this.canceller.cancel(execution_id);
    const end = await this.reader.ended(execution_id, signal);
    return this.answer(end ?? (await this.reader.find(execution_id)), 0, call);
  }

  /** A wait begins also while the database is away, which then cannot say whose it is. */
  private async mayFollow(owner: string | undefined, id: string): Promise<void> {
    try {
      await this.reader.mustBeOf(owner, id);
    } catch (error) {
      if (!(error instanceof ToolError) || error.code !== 'unavailable') throw error;
    }
  }

  private answer(
    execution: Execution,
    offset: number,
    { maxOutputChars }: Pick<ToolCall, 'maxOutputChars'>,
  ): ToolResult {
    const { id, tool, status } = execution;
    const { error } = this.answers.shown({ ...execution, output: undefined });
    return {
      output: this.answers.text(execution, offset, maxOutputChars),
      data: { id, tool, status, finished: isFinished(execution), ...(error && { error }) },
    };
  }
}
