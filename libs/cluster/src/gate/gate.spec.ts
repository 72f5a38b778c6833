import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import type { SentRequest } from './api-request.js';
import { callScope, outsideOfCalls, type GateCall } from './gate-call.js';
import { PartOfGate, type GateOutcome, type GatePart, type GateRequest } from './gate-part.js';
import { GateParts } from './gate-parts.js';
import { Gate, type Admission } from './gate.js';

const POD = { method: 'DELETE', target: '/api/v1/namespaces/shop/pods/web' };

function callOf(id: string): GateCall {
  const signal = new AbortController().signal;
  const principal = { id, name: id, groups: [] };
  return { tool: 'k8s_delete', category: 'k8s', executionId: 'one', principal, signal };
}

function gateOf(...parts: GatePart[]): Gate {
  const gate = new Gate();
  gate.use(parts);
  return gate;
}

/** Lets a request in that nobody rehearses. */
function enter(gate: Gate, context: string, sent: SentRequest): Promise<Admission> {
  return gate.enter(context, sent, () => Promise.reject(new Error('not rehearsed')));
}

/** Writes down what it is asked, under a name. */
class Recorder implements GatePart {
  constructor(
    readonly name: string,
    readonly told: string[],
  ) {}

  decide({ verb, name }: GateRequest): void {
    this.told.push(`${this.name} decides on ${verb} ${name}`);
  }

  before(): void {
    this.told.push(`${this.name} begins`);
  }

  after(_: GateRequest, { state }: GateOutcome): void {
    this.told.push(`${this.name}: ${state}`);
  }
}

describe(Gate.name, () => {
  it('is open without parts', () => {
    expect(new Gate().isOpen).toBe(true);
    expect(gateOf({}).isOpen).toBe(false);
  });

  it('lets every part decide before one records', async () => {
    const told: string[] = [];
    const gate = gateOf(new Recorder('a', told), new Recorder('b', told));
    const { leave } = await enter(gate, 'prod', POD);
    await leave({ state: 'done', status: 200 });
    await leave({ state: 'failed' });
    expect(told).toEqual([
      'a decides on delete web',
      'b decides on delete web',
      'a begins',
      'b begins',
      'a: done',
      'b: done',
    ]);
  });

  it.each(['decide', 'before'] as const)('refuses with what %s throws', async (step) => {
    const told: string[] = [];
    const refusal = new ToolError('forbidden', 'Rule "no pods" denies it.');
    const refusing = { [step]: () => Promise.reject(refusal) };
    const gate = gateOf(refusing, new Recorder('b', told));
    await expect(enter(gate, 'prod', POD)).rejects.toBe(refusal);
    expect(told.at(-1)).toBe('b: refused');
    expect(told).not.toContain('b begins');
  });

  it('tells parts the call, the context and the effect', async () => {
    const seen: GateRequest[] = [];
    const gate = gateOf({ decide: (request) => void seen.push(request) });
    const call = callOf('jane');
    await callScope.run(call, () => enter(gate, 'prod', POD));
    await enter(gate, 'prod', POD);
    await callScope.run(call, () => outsideOfCalls(() => enter(gate, 'prod', POD)));
    expect(seen[0]).toMatchObject({ context: 'prod', effect: 'delete', call, resource: 'pods' });
    expect(seen.map((request) => request.call)).toEqual([call, undefined, undefined]);
  });

  it('joins identities, whose key differs by principal', async () => {
    const gate = gateOf(
      { identity: () => ({ 'impersonate-user': 'jane' }) },
      { identity: () => undefined },
      { identity: () => ({ 'impersonate-group': ['dev'] }) },
    );
    const enterAs = (id: string) => callScope.run(callOf(id), () => enter(gate, 'prod', POD));
    const [jane, joe, again] = [await enterAs('jane'), await enterAs('joe'), await enterAs('jane')];
    expect(jane.identity?.headers).toEqual({
      'impersonate-user': 'jane',
      'impersonate-group': ['dev'],
    });
    expect(joe.identity?.key).not.toBe(jane.identity?.key);
    expect(again.identity?.key).toBe(jane.identity?.key);
    expect((await enter(gateOf({}), 'prod', POD)).identity).toBeUndefined();
  });

  it('goes on when an outcome cannot be recorded', async () => {
    const told: string[] = [];
    const failing = { after: () => Promise.reject(new Error('disk full')) };
    const { leave } = await enter(gateOf(failing, new Recorder('b', told)), 'prod', POD);
    await leave({ state: 'unknown' });
    expect(told.at(-1)).toBe('b: unknown');
  });

  it('refuses what it cannot read, without asking a part', async () => {
    const told: string[] = [];
    const entered = enter(gateOf(new Recorder('a', told)), 'prod', { ...POD, target: '/api//v1' });
    await expect(entered).rejects.toMatchObject({ code: 'invalid_input' });
    expect(told).toEqual([]);
  });
});

describe(GateParts.name, () => {
  it('finds parts in all modules and orders them by stage', async () => {
    const order: string[] = [];
    @Injectable()
    @PartOfGate({ stage: 'audit' })
    class Audit implements GatePart {
      decide = () => void order.push('audit');
    }
    @Injectable()
    @PartOfGate({ stage: 'policy' })
    class Policy implements GatePart {
      decide = () => void order.push('policy');
    }
    @Module({ imports: [DiscoveryModule], providers: [Audit, Policy, Gate, GateParts] })
    class TestModule {}
    const context = await NestFactory.createApplicationContext(TestModule, { logger: false });
    await enter(context.get(Gate), 'prod', POD);
    await context.close();
    expect(order).toEqual(['policy', 'audit']);
  });
});
