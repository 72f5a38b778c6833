import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { BooleanField, ChoiceField, IntField, TextField } from './fields.decorator.js';
import { DNS_LABEL, NAME } from './text-format.js';
import { Tool, ToolProvider } from './tool.decorator.js';
import { ToolError } from './tool.error.js';
import { ToolInvoker } from './tool.invoker.js';
import { ToolsModule } from './tools.module.js';
import type { ToolCall } from './tool.js';

class EchoDto {
  @TextField({ description: 'A name.', format: NAME, optional: true })
  name?: string;

  @TextField({ description: 'A namespace.', format: DNS_LABEL, default: 'default' })
  namespace!: string;

  @TextField({ description: 'Free text.', format: 'free', maxLength: 20, optional: true })
  text?: string;

  @IntField({ description: 'A number.', min: -5, max: 5, default: 2 })
  count!: number;

  @BooleanField({ description: 'A switch.', default: false })
  loud!: boolean;

  @ChoiceField({ description: 'A choice.', choices: ['cpu', 'memory'], optional: true })
  by?: string;

  @ChoiceField({
    description: 'A strict choice.',
    choices: ['wide', 'yaml'],
    optional: true,
    refuseBlank: true,
  })
  output?: string;
}

class WorkDto {
  @TextField({ description: 'What to do.', format: NAME })
  kind!: string;
}

const READ = {
  annotations: { readOnlyHint: true, destructiveHint: false },
  example: {},
  title: 'Demo',
};

@ToolProvider({ name: 'demo', description: 'Demo' })
class DemoTools {
  @Tool({ ...READ, name: 'demo_echo', description: 'Echoes.' })
  echo(input: EchoDto): { output: string; data: unknown } {
    return { output: 'echo', data: Object.fromEntries(Object.entries(input)) };
  }

  @Tool({ ...READ, name: 'demo_work', description: 'Works.', timeLimitSeconds: 0.2 })
  async work({ kind }: WorkDto, { signal }: ToolCall): Promise<string> {
    if (kind === 'bug') throw new TypeError('secret detail');
    if (kind === 'refused') throw new ToolError('conflict', 'No.');
    // One that obeys its signal, and one that does not.
    await sleep(60_000, undefined, { ref: false, ...(kind === 'obedient' && { signal }) });
    return 'done';
  }

  @Tool({
    ...READ,

    name: 'demo_write',
    description: 'Writes.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effects: ['update'],
    timeLimitSeconds: 0.2,
  })
  async write({ kind }: WorkDto, { signal }: ToolCall): Promise<string> {
    if (kind === 'stubborn') await sleep(60_000, undefined, { ref: false });
    await sleep(60_000, undefined, { signal }).catch(ignore);
    await sleep(100);
    throw (signal.reason as ToolError).with({ output: 'one of two written' });
  }

  @Tool({ ...READ, name: 'demo_stream', description: 'Streams.', timeLimitSeconds: 0.2 })
  async *stream({ kind }: WorkDto): AsyncGenerator<string> {
    yield 'one ';
    yield 'two ';
    if (kind === 'stuck') await sleep(60_000, undefined, { ref: false });
    if (kind === 'endless') for (;;) yield 'x'.repeat(1_000);
    yield 'three';
  }
}

function ignore(): void {}

let invoker: ToolInvoker;
beforeAll(async () => {
  vi.stubEnv('MAX_OUTPUT_CHARS', '1000');
  @Module({ imports: [ToolsModule], providers: [DemoTools] })
  class DemoModule {}
  const app = await NestFactory.createApplicationContext(DemoModule, {
    logger: false,
    abortOnError: false,
  });
  invoker = app.get(ToolInvoker);
});

const call = (
  name: string,
  args: unknown,
  signal = new AbortController().signal,
  emit?: (chunk: string) => void,
) => Promise.resolve().then(() => invoker.run(invoker.prepare(name, args), { signal, emit }));

describe('reading parameters', () => {
  const DEFAULTS = {
    name: undefined,
    namespace: 'default',
    text: undefined,
    count: 2,
    loud: false,
    by: undefined,
    output: undefined,
  };

  it.each([
    [undefined, {}],
    [{}, {}],
    [{ name: null, namespace: null, count: null, loud: null, by: null, output: null }, {}],
    [{ name: '', namespace: '', by: '' }, {}],
    [
      { count: '-3', loud: 'YES' },
      { count: -3, loud: true },
    ],
    [
      { count: 5, loud: '0' },
      { count: 5, loud: false },
    ],
    [{ loud: 1 }, { loud: true }],
    [
      { by: ' CPU ', output: 'Yaml' },
      { by: 'cpu', output: 'yaml' },
    ],
    [{ text: '--all; rm ../..' }, { text: '--all; rm ../..' }],
    [{ name: 'system:node-proxier' }, { name: 'system:node-proxier' }],
  ])('takes %o', async (args, expected) => {
    expect((await call('demo_echo', args)).data).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each([
    [{ name: 7 }, 'name'],
    [{ name: ['a'] }, 'name'],
    [{ name: '-A' }, 'name'],
    [{ name: 'n --all' }, 'name'],
    [{ name: '../x' }, 'name'],
    [{ name: 'a..b' }, 'name'],
    [{ name: 'a/b' }, 'name'],
    [{ name: 'a%2fb' }, 'name'],
    [{ name: 'a\nb' }, 'name'],
    [{ name: 'ünïcode' }, 'name'],
    [{ name: 'a'.repeat(254) }, 'name'],
    [{ namespace: 'UPPER' }, 'namespace'],
    [{ namespace: 'a'.repeat(64) }, 'namespace'],
    [{ text: 'x'.repeat(21) }, 'text'],
    [{ count: 6 }, 'count'],
    [{ count: 1.5 }, 'count'],
    [{ count: '1.0' }, 'count'],
    [{ count: true }, 'count'],
    [{ loud: 'loudly' }, 'loud'],
    [{ loud: {} }, 'loud'],
    [{ by: 'disk' }, 'by'],
    [{ output: '' }, 'output'],
    [{ output: '  ' }, 'output'],
    [{ nmae: 'x' }, 'nmae'],
    [{ constructor: 'x' }, 'constructor'],
  ])('refuses %o and says what would be right', async (args, field) => {
    await expect(call('demo_echo', args)).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [
        { field, message: expect.stringMatching(/\S/), accepts: expect.stringMatching(/\S/) },
      ],
    });
  });

  it('says that a required one is missing', async () => {
    for (const args of [{}, { kind: null }]) {
      await expect(call('demo_work', args)).rejects.toMatchObject({
        errors: [expect.objectContaining({ field: 'kind', message: 'is required' })],
      });
    }
  });

  it.each([[[]], ['text'], [5]])('refuses %o in place of an object', async (args) => {
    await expect(call('demo_echo', args)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('running a tool', () => {
  it('does not know every name', async () => {
    await expect(call('demo_nope', {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(call('constructor', {})).rejects.toMatchObject({ code: 'not_found' });
  });

  it('hands on what the tool refuses', async () => {
    await expect(call('demo_work', { kind: 'refused' })).rejects.toMatchObject({
      code: 'conflict',
      message: 'No.',
    });
  });

  it('tells nothing of a bug but that it is one', async () => {
    const failure = await call('demo_work', { kind: 'bug' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'internal' });
    expect((failure as ToolError).message).not.toContain('secret detail');
  });

  it.each(['obedient', 'stubborn'])('ends a call at its time limit (%s tool)', async (kind) => {
    await expect(call('demo_work', { kind })).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
    });
  });

  it.each(['obedient', 'stubborn'])('ends a call that is cancelled (%s tool)', async (kind) => {
    const caller = new AbortController();
    const running = call('demo_work', { kind }, caller.signal);
    caller.abort(new ToolError('cancelled', 'Enough.'));
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('gives a write time to say what it has done', async () => {
    await expect(call('demo_write', { kind: 'obedient' })).rejects.toMatchObject({
      code: 'timeout',
      retryable: false,
      output: 'one of two written',
    });
  });

  it('waits for the last words of a write no longer than 2 s', async () => {
    const startedAt = performance.now();
    await expect(call('demo_write', { kind: 'stubborn' })).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('does not start a call that was cancelled before', async () => {
    const reason = new ToolError('cancelled', 'Enough.');
    await expect(call('demo_echo', {}, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('hands out pieces as they come and gives them all in the end', async () => {
    const pieces: string[] = [];
    const { output } = await call('demo_stream', { kind: 'short' }, undefined, (piece) =>
      pieces.push(piece),
    );
    expect(pieces).toEqual(['one ', 'two ', 'three']);
    expect(output).toBe('one two three');
  });

  it('keeps what a tool had produced when it ran out of time', async () => {
    await expect(call('demo_stream', { kind: 'stuck' })).rejects.toMatchObject({
      code: 'timeout',
      output: 'one two ',
    });
  });

  it('stops reading once the answer is full', async () => {
    const { output } = await call('demo_stream', { kind: 'endless' });
    expect(output.length).toBeGreaterThan(1_000);
    expect(output.length).toBeLessThan(2_500);
  });
});
