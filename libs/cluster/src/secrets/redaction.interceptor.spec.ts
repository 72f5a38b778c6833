import { describe, expect, it } from 'vitest';
import { ToolError, type Progress, type ToolInvocation, type ToolResult } from '#tools';
import { noteAnswer, noteSent } from './read-secrets.js';
import { RedactionInterceptor } from './redaction.interceptor.js';

const VALUE = 'S3cr3t-value!';
const MARKER = '<redacted, 13 bytes>';
const PATH = '/api/v1/namespaces/shop/secrets/db';

const data = { password: Buffer.from(VALUE).toString('base64') };
const secret = { kind: 'Secret', metadata: { name: 'db' }, data };

/** Runs a tool behind the interceptor, and gives all that leaves the call. */
async function outcomeOf(
  run: (call: ToolInvocation['call']) => Promise<ToolResult>,
): Promise<{ result?: ToolResult; error?: unknown; emitted: string; progress: Progress[] }> {
  const pieces: string[] = [];
  const progress: Progress[] = [];
  const call = {
    emit: (piece: string) => pieces.push(piece),
    progress: (report: Progress) => progress.push(report),
  } as unknown as ToolInvocation['call'];
  const invocation = { tool: {}, input: {}, call } as unknown as ToolInvocation;
  const work = new RedactionInterceptor().intercept(invocation, (inner) => run(inner.call));
  const outcome = await work.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  return { ...outcome, emitted: pieces.join(''), progress };
}

describe(RedactionInterceptor, () => {
  it.each<[string, () => Promise<unknown> | undefined]>([
    ['an object', () => noteAnswer(PATH, secret, true)],
    ['one that does not say its kind', () => noteAnswer(PATH, { data }, true)],
    ['a list', () => noteAnswer('/x', { kind: 'List', items: [{ kind: 'Pod' }, secret] }, true)],
    ['a typed list', () => noteAnswer('/x', { kind: 'SecretList', items: [{ data }] }, true)],
    ['a Table', () => noteAnswer('/x', { kind: 'Table', rows: [{ object: secret }, {}] }, true)],
    ['what a write gives back', () => noteAnswer(PATH, secret, false)],
    ['an object that is sent', () => noteSent('/x', { kind: 'Secret', stringData: { a: VALUE } })],
    ['a merge patch', () => noteSent(PATH, { stringData: { a: VALUE } })],
    ['a JSON patch of a key', () => noteSent(PATH, [{ path: '/data/a', value: data.password }])],
    ['a JSON patch of all keys', () => noteSent(PATH, [{ path: '/data', value: data }])],
    ['a JSON patch of the whole', () => noteSent(PATH, [{ path: '', value: secret }])],
  ])('knows the values of %s', async (_what, note) => {
    const { result } = await outcomeOf(async () => {
      await note();
      return { output: `it is ${VALUE}`, data: { [VALUE]: [VALUE, 1n, null, { a: VALUE }] } };
    });
    expect(result).toEqual({
      output: `it is ${MARKER}`,
      data: { [MARKER]: [MARKER, 1n, null, { a: MARKER }] },
    });
  });

  it.each([
    ['another object', PATH.replace('secrets', 'configmaps'), { ...secret, kind: 'ConfigMap' }],
    ['nothing', PATH, null],
  ])('changes no answer of a call that has read %s', async (_what, path, document) => {
    const answer = { output: VALUE, data: { a: VALUE } };
    const { result } = await outcomeOf(async () => {
      await noteAnswer(path, document, true);
      return answer;
    });
    expect(result).toBe(answer);
  });

  it('does not take for a name what was sent, or given back by a write', async () => {
    const metadata = { name: 'db', labels: { x: VALUE } };
    const { result } = await outcomeOf(async () => {
      await noteSent(PATH, { ...secret, metadata });
      await noteAnswer(PATH, { ...secret, metadata }, false);
      return { output: VALUE };
    });
    expect(result?.output).toBe(MARKER);
  });

  it('leaves a value that is also the label of what was read', async () => {
    const { result } = await outcomeOf(async () => {
      await noteAnswer(PATH, secret, true);
      const labels = { x: VALUE };
      await noteAnswer('/x', { kind: 'Pod', metadata: { name: 'p', labels } }, true);
      return { output: `${VALUE} ${data.password}` };
    });
    expect(result?.output).toBe(`${VALUE} ${MARKER}`);
  });

  it('replaces a value in progress, and in pieces of output that cut it in two', async () => {
    const { emitted, progress } = await outcomeOf(async ({ emit, progress: report }) => {
      emit('before ');
      await noteAnswer(PATH, secret, true);
      report({ progress: 1, message: `at ${VALUE}` });
      for (const piece of [`it is ${VALUE.slice(0, 5)}`, VALUE.slice(5), ' and\nmore\n'])
        emit(piece);
      return { output: '' };
    });
    expect(emitted).toBe(`before it is ${MARKER} and\nmore\n`);
    expect(progress).toEqual([{ progress: 1, message: `at ${MARKER}` }]);
  });

  it('replaces it in a failure, whose cause is left out', async () => {
    const { error, emitted } = await outcomeOf(async ({ emit }) => {
      await noteAnswer(PATH, secret, true);
      emit(`said ${VALUE}`);
      throw new ToolError('conflict', `not ${VALUE}`, {
        cause: new Error(VALUE),
        retryable: true,
        retryAfterSeconds: 3,
        output: `so far ${VALUE}`,
        errors: [{ field: 'patch', message: `has ${VALUE}`, accepts: VALUE }],
      });
    });
    expect(error).toMatchObject({
      code: 'conflict',
      message: `not ${MARKER}`,
      retryable: true,
      retryAfterSeconds: 3,
      output: `so far ${MARKER}`,
      errors: [{ field: 'patch', message: `has ${MARKER}`, accepts: MARKER }],
    });
    expect((error as Error).cause).toBeUndefined();
    expect(emitted).toBe(`said ${MARKER}`);
  });

  it('replaces it in a bug, which is logged with its stack', async () => {
    const { error } = await outcomeOf(async () => {
      await noteAnswer(PATH, secret, true);
      throw new TypeError(`${VALUE} is not iterable`, { cause: VALUE });
    });
    expect(error).toBeInstanceOf(Error);
    const { name, message, stack, cause } = error as Error;
    expect([name, message, cause]).toEqual(['TypeError', `${MARKER} is not iterable`, undefined]);
    expect(stack).toContain(`TypeError: ${MARKER} is not iterable\n    at `);
    expect(stack).not.toContain(VALUE);
  });
});
