import { describe, expect, it } from 'vitest';
import { ToolError } from '#tools';
import { failureResult, successResult } from './tool-result.js';

describe(successResult.name, () => {
  it('is the text alone unless data is asked for', () => {
    expect(successResult({ output: 'two pods', data: [1, 2] }, 'id', false)).toEqual({
      content: [{ type: 'text', text: 'two pods' }],
      isError: false,
      _meta: { 'skyflo/execution_id': 'id' },
    });
  });

  it.each([
    ['an object as it is', { pods: 2 }, { pods: 2 }],
    ['a list under a key', [1, 2], { data: [1, 2] }],
    ['a bare value under a key', null, { data: null }],
  ])('has, when asked for data, %s', (_, data, structuredContent) => {
    expect(successResult({ output: '', data }, 'id', true)).toMatchObject({ structuredContent });
  });

  it('has no data where the tool has none', () => {
    expect(successResult({ output: '' }, 'id', true)).not.toHaveProperty('structuredContent');
  });
});

describe(failureResult.name, () => {
  it('says what went wrong, then what there was before', () => {
    const error = new ToolError('failed', 'Exit code 1.', { output: 'half\n' });
    expect(failureResult(error, 'id')).toEqual({
      content: [{ type: 'text', text: 'Exit code 1.\n\nOutput before the failure:\nhalf\n' }],
      isError: true,
      _meta: { 'skyflo/execution_id': 'id', 'skyflo/code': 'failed' },
    });
  });

  it('is the message alone where there was no output', () => {
    const error = new ToolError('not_found', 'There is no tool "x".');
    expect(failureResult(error, 'id').content).toEqual([
      { type: 'text', text: 'There is no tool "x".' },
    ]);
  });
});
