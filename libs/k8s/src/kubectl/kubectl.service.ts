import { Inject, Injectable } from '@nestjs/common';
import { ProgramContexts, type Cluster, type ProgramContext } from '#cluster';
import { Programs, withoutKlog } from '#cli';
import { ToolError, type ToolCall, type ToolErrorCode } from '#tools';
import { k8sConfig, type K8sConfig } from '../k8s.config.js';

/** Codes by the reason in kubectl's stderr: `Error from server (Reason): message`. */
const CODES: Record<string, ToolErrorCode> = {
  NotFound: 'not_found',
  Forbidden: 'forbidden',
  Conflict: 'conflict',
  Unauthorized: 'forbidden',
  BadRequest: 'invalid_input',
  Invalid: 'invalid_input',
  TooManyRequests: 'busy',
  InternalError: 'upstream',
  ServiceUnavailable: 'unavailable',
  Timeout: 'timeout',
  ServerTimeout: 'timeout',
};

/**
 * kubectl's wordings, without a reason, for an API server that it cannot reach or has lost.
 */
const UNREACHED =
  /unable to connect to the server|was refused|connection (refused|reset|lost)|\bEOF\b|timeout|deadline exceeded|no such host|no route to host|network is unreachable/i;

/** Runs kubectl for the operations whose logic exists only there. */
@Injectable()
export class KubectlService {
  constructor(
    private readonly programs: Programs,
    private readonly contexts: ProgramContexts,
    @Inject(k8sConfig.KEY) private readonly limits: K8sConfig,
  ) {}

  /**
   * Runs kubectl in the context of a cluster.
   * @param args values of users are only allowed after `--` or joined to a flag by `=`
   * @returns its stdout
   * @throws ToolError by the API server's reason, otherwise `failed` with kubectl's message
   */
  run(cluster: Cluster, args: readonly string[], call: ToolCall): Promise<string> {
    const start = (context: ProgramContext) => this.start(context, args, call);
    return this.contexts.through(`kubectl ${args[0]}`, cluster, start);
  }

  private async start(
    context: ProgramContext,
    args: readonly string[],
    { signal, caller, maxKeptChars }: ToolCall,
  ): Promise<string> {
    const maxMemoryMb = this.limits.kubectlMaxMemoryMb;
    const { exitCode, stdout, stderr, isCut, isOverMemory } = await this.programs.run(
      'kubectl',
      args,
      {
        signal,
        caller,
        maxOutputChars: maxKeptChars + 1,
        env: context.env,
        maxMemoryBytes: maxMemoryMb * 1_000_000,
      },
    );
    if (isOverMemory) {
      const message = `kubectl was stopped, because what it reads takes more than ${maxMemoryMb} MB of memory (K8S_KUBECTL_MAX_MEMORY_MB). Ask for fewer objects, or look at this one with k8s_get.`;
      throw new ToolError('failed', message, { retryable: false });
    }
    if (exitCode === 0 || isCut) return stdout.trimEnd();
    throw context.failureIn(stderr) ?? failure(context.shown(stderr), exitCode, stdout);
  }
}

function failure(stderr: string, exitCode: number, output: string): ToolError {
  const said = withoutKlog(stderr).trim() || stderr.trim();
  const [, reason = '', message = ''] = /^Error from server \((\w+)\): (.*)$/m.exec(said) ?? [];
  const code = CODES[reason];
  if (code) return new ToolError(code, message, { output });
  if (UNREACHED.test(said)) {
    return new ToolError('unavailable', said, { output });
  }
  return new ToolError('failed', `kubectl ended with exit code ${exitCode}: ${said}`, { output });
}
