import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { K8sModule } from '#k8s';
import { ToolError, ToolInvoker, ToolsModule } from '#tools';
import { nextCancelled } from './support/call-log.js';
import { kubectl } from './support/kubectl.js';
import {
  configMap,
  deployment,
  documents,
  namespace as namespaceOf,
  secret,
} from './support/manifest.js';
import { testSandbox } from './support/sandbox.js';
import { useApply } from './support/use-apply.js';

/** The tools without a front door, to see how a call ends that its caller has ended. */
@Module({ imports: [ToolsModule, K8sModule] })
class DoorlessModule {}

const MADE = 'apply-partly';

const { own, server, apply } = useApply('apply-partial');
afterAll(() => kubectl('delete', 'namespace', MADE, '--wait=false'));
afterEach(() => void vi.unstubAllEnvs());

/** So many ConfigMaps as one text. */
const many = (prefix: string, count: number) =>
  documents(...Array.from({ length: count }, (_, index) => configMap(`${prefix}-${index}`)));
const madeOf = async (prefix: string) =>
  (await own.names('configmaps')).filter((name) => name.startsWith(`${prefix}-`));

describe('an apply that ends in the middle', () => {
  it('says what was applied and what was not, when an object is refused', async () => {
    const there = (object: object) => ({ ...object, metadata: { name: 'p', namespace: MADE } });
    const content = documents(
      there(configMap('p')),
      there({ ...secret('p', {}), dataz: {} }),
      there(deployment('p')),
      namespaceOf(MADE),
    );
    const { status, body } = await apply(content, { namespace: null });
    expect([status, body.code]).toEqual([422, 'invalid_input']);
    expect(body.detail).toBe(
      `2 of 4 objects applied\nsecret/p in ${MADE} failed: .dataz: field not declared in schema\nNot applied: deployment.apps/p in ${MADE}`,
    );
    expect(body['output']).toBe(
      `namespace/${MADE} created\nconfigmap/p created\nsecret/p failed\ndeployment.apps/p not applied`,
    );
    const kinds = 'configmaps,secrets,deployments';
    const left = await kubectl('get', kinds, '-n', MADE, '-o', 'name');
    expect(left).toMatch(/^configmap\/p$/m);
    expect(left).not.toMatch(/(secret|deployment.*)\/p$/m);
  });

  it('says exactly what was applied, when its time is over', async () => {
    const time = new AbortController();
    const over = new ToolError('timeout', 'Time is over.');
    vi.stubEnv('KUBECONFIG', testSandbox().env['KUBECONFIG']);
    const app = await NestFactory.createApplicationContext(DoorlessModule, { logger: false });
    const invoker = app.get(ToolInvoker);
    const call = invoker.prepare('k8s_apply', { content: many('stop', 100), namespace: own.name });
    const failure = (await invoker
      .run(call, {
        signal: time.signal,
        progress: ({ progress }) => progress === 20 && time.abort(over),
      })
      .catch((error: unknown) => error)) as ToolError;
    await app.close();
    expect(failure).toMatchObject({ code: 'timeout', retryable: false });
    expect(failure.message).toMatch(/^\d+ of 100 objects applied\nTime is over\.\nNot applied: /);
    const said = [...(failure.output ?? '').matchAll(/^configmap\/(\S+) created$/gm)];
    const made = await madeOf('stop');
    expect(new Set(said.map(([, name]) => name))).toEqual(new Set(made));
    expect(made.length).toBeGreaterThanOrEqual(20);
    expect(made.length).toBeLessThan(100);
  });

  it('stops when its caller cancels', async () => {
    const cancelled = nextCancelled(server.log);
    const cancel = new AbortController();
    const call = server.mcp.call(
      'k8s_apply',
      { content: many('cancel', 300), namespace: own.name },
      { signal: cancel.signal, onprogress: () => cancel.abort() },
    );
    await expect(call).rejects.toThrow();
    await cancelled();
    expect((await madeOf('cancel')).length).toBeLessThan(300);
  });
});
