import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TextField } from './fields.decorator.js';
import { NAME } from './text-format.js';
import { Tool, ToolProvider } from './tool.decorator.js';
import { ToolError } from './tool.error.js';
import {
  InterceptsTools,
  type RefusedCall,
  type ToolInterceptor,
  type ToolInvocation,
} from './tool.interceptor.js';
import { ToolInvoker } from './tool.invoker.js';
import type { ToolResult } from './tool.js';
import { ToolsModule } from './tools.module.js';

class WriteDto {
  @TextField({ description: 'A name.', format: NAME })
  name!: string;
}

@ToolProvider({ name: 'demo', description: 'Demo' })
class DemoTools {
  @Tool({
    name: 'demo_write',
    title: 'Write',
    description: 'Writes.',
    annotations: { readOnlyHint: false, destructiveHint: false },
    effects: ['update'],
    example: { name: 'a' },
  })
  write({ name }: WriteDto): string {
    return name;
  }
}

const told: string[] = [];
let isAllowed = true;

class Recorder implements ToolInterceptor {
  constructor(private readonly stage: string) {}

  announce({ tool, call }: ToolInvocation): void {
    told.push(`${this.stage} announced ${tool.name} ${call.executionId}`);
  }

  retract(executionId: string): void {
    told.push(`${this.stage} retracted ${executionId}`);
  }

  refused({ name, tool, args, error, call }: RefusedCall): void {
    const what = `${name} (${tool?.name ?? 'unknown'}) ${JSON.stringify(args)}`;
    told.push(`${this.stage} refused ${what} ${error.code} ${call.executionId}`);
  }

  intercept(
    invocation: ToolInvocation,
    next: (invocation: ToolInvocation) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    return next(invocation);
  }
}

@Injectable()
@InterceptsTools({ stage: 'audit' })
class AuditRecorder extends Recorder {
  constructor() {
    super('audit');
  }
}

@Injectable()
@InterceptsTools({ stage: 'access' })
class AccessRecorder extends Recorder {
  constructor() {
    super('access');
  }

  override announce(invocation: ToolInvocation): void {
    if (!isAllowed) throw new ToolError('forbidden', 'No.');
    super.announce(invocation);
  }
}

let invoker: ToolInvoker;
beforeAll(async () => {
  @Module({
    imports: [ToolsModule],
    providers: [DemoTools, AuditRecorder, AccessRecorder],
  })
  class DemoModule {}
  const app = await NestFactory.createApplicationContext(DemoModule, {
    logger: false,
    abortOnError: false,
  });
  invoker = app.get(ToolInvoker);
});
beforeEach(() => told.splice(0));

const ID = '018f0000-0000-7000-8000-000000000000';
const error = new ToolError('busy', 'Too many calls wait.');

describe('a call that is refused before it is run', () => {
  it('is told to every interceptor with its tool, and then taken back', () => {
    const args = { name: 'a' };
    invoker.refuse({ name: 'demo_write', args, error, call: { executionId: ID } });
    expect(told).toEqual([
      `access refused demo_write (demo_write) {"name":"a"} busy ${ID}`,
      `audit refused demo_write (demo_write) {"name":"a"} busy ${ID}`,
      `access retracted ${ID}`,
      `audit retracted ${ID}`,
    ]);
  });

  it('is told also where no tool has its name', () => {
    invoker.refuse({ name: 'demo_wirte', args: 7, error, call: { executionId: ID } });
    expect(told).toContain(`audit refused demo_wirte (unknown) 7 busy ${ID}`);
  });
});

describe('a call that is announced', () => {
  it('is not announced to the stages after one that refuses it', () => {
    isAllowed = false;
    announce();
    expect(told).toEqual([]);
  });

  it('is announced to all of them otherwise', () => {
    isAllowed = true;
    announce();
    expect(told).toEqual([`access announced demo_write ${ID}`, `audit announced demo_write ${ID}`]);
  });

  const announce = () =>
    invoker.announce(invoker.prepare('demo_write', { name: 'a' }, { executionId: ID }), {
      executionId: ID,
      signal: new AbortController().signal,
    });
});
