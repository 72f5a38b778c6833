import { Injectable } from '@nestjs/common';
import { counter, histogram, OTHER } from '#telemetry';
import {
  InterceptsTools,
  ToolError,
  type RefusedCall,
  type ToolInterceptor,
  type ToolInvocation,
  type ToolResult,
} from '#tools';

const NAMES = ['gen_ai.tool.name', 'door'] as const;

const DURATION = histogram({
  name: 'skyflo.tool.call.duration',
  description:
    'How long calls of tools run, from their turn to their result. A call that is refused has 0.',
  unit: 's',
  labels: [...NAMES, 'outcome'],
  buckets: [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900,
  ],
});

const ANSWER = histogram({
  name: 'skyflo.tool.answer',
  description: 'Size of the texts that calls are answered with, also with failures.',
  unit: 'By',
  labels: NAMES,
  buckets: [64, 256, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 262_144, 1_048_576],
});

const TOKENS = counter({
  name: 'skyflo.tool.answer.tokens',
  description: 'Tokens that a model reads in these texts, about: four bytes are one.',
  unit: '{token}',
  labels: NAMES,
});

/** As docs/token-cost.md estimates it. */
const BYTES_A_TOKEN = 4;

/** Counts every call of a tool once, however it ends, and what it is answered with. */
@Injectable()
@InterceptsTools({ stage: 'metrics' })
export class CallMetrics implements ToolInterceptor {
  refused({ tool, error, call: { door } }: RefusedCall): void {
    // A name that no tool has comes from outside, and may be anything.
    record(tool?.name ?? OTHER, door, { outcome: error.code, seconds: 0, answer: error.message });
  }

  async intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const { tool, call } = invocation;
    const startedAt = performance.now();
    const end = (outcome: string, answer: string) => {
      const seconds = (performance.now() - startedAt) / 1_000;
      record(tool.name, call.door, { outcome, seconds, answer: cut(answer, call.maxOutputChars) });
    };
    try {
      const result = await next(invocation);
      end('success', result.output);
      return result;
    } catch (error) {
      if (error instanceof ToolError) end(error.code, error.message + (error.output ?? ''));
      else end('internal', '');
      throw error;
    }
  }
}

interface Ended {
  outcome: string;
  seconds: number;
  answer: string;
}

function record(tool: string, door = 'server', { outcome, seconds, answer }: Ended): void {
  DURATION.record(seconds, tool, door, outcome);
  const bytes = Buffer.byteLength(answer);
  ANSWER.record(bytes, tool, door);
  TOKENS.add(Math.ceil(bytes / BYTES_A_TOKEN), tool, door);
}

/** The rest is kept, and is not what the caller reads. */
function cut(text: string, maxChars: number): string {
  return text.length > maxChars ? text.slice(0, maxChars) : text;
}
