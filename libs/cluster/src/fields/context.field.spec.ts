import { describe, expect, it } from 'vitest';
import { inputClass, inputSchemaOf, type ToolDefinition } from '#tools';
import type { Clusters } from '../clusters.js';
import { ContextField } from './context.field.js';

/** The field, and the contexts that there are for it. */
function field(...names: string[]) {
  const contexts = { names, defaultName: names[0] };
  return { contexts, field: new ContextField(contexts as unknown as Clusters) };
}

function schemaOf(one: ContextField): ToolDefinition['inputSchema'] {
  const input = one.input();
  return inputSchemaOf('any', input ? [inputClass(input)] : []);
}

describe('ContextField', () => {
  it('is there with several contexts, and stays', () => {
    const { contexts, field: one } = field('a');
    expect(schemaOf(one).properties).toEqual({});
    contexts.names = ['a', 'b'];
    expect(schemaOf(one).properties['context']).toMatchObject({
      enum: ['a', 'b'],
      description: 'The cluster to use, by its kubeconfig context. Default: a.',
    });
    contexts.names = ['a'];
    expect(schemaOf(one).properties['context']?.enum).toEqual(['a']);
    contexts.names = [];
    expect(schemaOf(one).properties['context']).not.toHaveProperty('enum');
  });

  it('is the same until there are others', () => {
    const { contexts, field: one } = field('a', 'b');
    const before = one.input();
    contexts.names = ['a', 'b'];
    expect(one.input()).toBe(before);
    contexts.defaultName = 'b';
    expect(one.input()).not.toBe(before);
  });

  it('has to be given where there is no default', () => {
    const { contexts, field: one } = field('a', 'b');
    contexts.defaultName = undefined;
    expect(schemaOf(one).required).toEqual(['context']);
  });

  it('tells many contexts once, in its description', () => {
    const names = Array.from({ length: 13 }, (_, index) => `c${index}`);
    const context = schemaOf(field(...names).field).properties['context'];
    expect(context).not.toHaveProperty('enum');
    expect(context?.description).toContain(` One of ${names.join(', ')}.`);
  });
});
