import { describe, expect, it } from 'vitest';
import { LiveExecution } from './live-execution.js';

const begin = (maxChars = 1_000_000) =>
  new LiveExecution(
    'k8s_exec',
    'k8s',
    'caller',
    { answerChars: maxChars, errorChars: maxChars, keptChars: maxChars },
    { isKept: true },
  );
const taken = (execution: LiveExecution) =>
  execution
    .takeEvents(Infinity)
    .map(({ seq, type, data }) => [seq, type, JSON.parse(data) as object]);

describe('the events of an execution', () => {
  it('make one of what is put out in quick succession', () => {
    const execution = begin();
    execution.addOutput('a');
    execution.addOutput('b');
    execution.addProgress({ progress: 1 });
    execution.addOutput('c');
    execution.addOutput('d');
    expect(taken(execution)).toEqual([
      [1, 'output', { text: 'ab' }],
      [2, 'progress', { progress: 1 }],
      [3, 'output', { text: 'cd' }],
    ]);
    execution.addOutput('e');
    expect(taken(execution)).toEqual([[4, 'output', { text: 'e' }]]);
    expect(taken(execution)).toEqual([]);
    expect(execution.output).toBe('abcde');
  });

  it('hold no more than those who follow can take at a time', () => {
    const execution = begin();
    const piece = 'x'.repeat(50_000);
    for (let count = 0; count < 5; count++) execution.addOutput(piece);
    const lengths = taken(execution).map(([, , data]) => (data as { text: string }).text.length);
    expect(lengths).toEqual([64_000, 64_000, 64_000, 58_000]);
  });

  it('share out a long piece, and split no character', () => {
    const execution = begin();
    const text = `x${'\u{1F600}'.repeat(70_000)}`;
    execution.addOutput(text);
    execution.addOutput('y');
    const texts = taken(execution).map(([, , data]) => (data as { text: string }).text);
    expect(texts.map((one) => [one.length <= 64_000, one.isWellFormed()])).toEqual(
      Array.from({ length: 3 }, () => [true, true]),
    );
    expect(texts.join('')).toBe(`${text}y`);
  });

  it('end where more is put out than is kept', () => {
    const execution = begin(3);
    for (const text of ['ab', 'cd', 'ef']) execution.addOutput(text);
    expect(taken(execution)).toEqual([[1, 'output', { text: 'abcd' }]]);
  });

  it('are bounded in number as long as nothing stores them', () => {
    const execution = begin();
    for (let progress = 0; progress < 5_000; progress++) execution.addProgress({ progress });
    expect(execution.takeEvents(Infinity)).toHaveLength(1_000);
    execution.isStored = true;
    for (let progress = 0; progress < 5_000; progress++) execution.addProgress({ progress });
    expect(execution.takeEvents(Infinity).at(-1)).toMatchObject({ seq: 6_000 });
  });

  it('are given in pieces, as much as is asked for', () => {
    const execution = begin();
    execution.addOutput('x'.repeat(200_000));
    const seqs = (maxChars: number) => execution.takeEvents(maxChars).map(({ seq }) => seq);
    expect(seqs(1)).toEqual([1]);
    expect(seqs(130_000)).toEqual([2, 3]);
    expect(execution.waitingChars).toBeLessThan(9_000);
    expect(seqs(Infinity)).toEqual([4]);
    expect(execution.waitingChars).toBe(0);
  });

  it.each(['ab'.repeat(50_000), `${'ab'.repeat(40_000)}${'?'.repeat(20_000)}`, 'ab', ''])(
    'stay as they are when they share the text of the output, the same or not',
    (output) => {
      const execution = begin();
      for (let count = 0; count < 50_000; count++) execution.addOutput('ab');
      execution.takeEvents(1);
      execution.keepOnce(output);
      const texts = taken(execution).map(([, , data]) => (data as { text: string }).text);
      expect(texts.join('') === 'ab'.repeat(18_000)).toBe(true);
    },
  );
});
