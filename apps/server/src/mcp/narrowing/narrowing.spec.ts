import { describe, expect, it } from 'vitest';
import type { ConditionName } from './given-conditions.js';
import { narrowingBy, type NarrowedTool } from './narrowing.js';

const TOOLS = [
  tool('helm_status', 'helm', true),
  tool('helm_uninstall', 'helm', false),
  tool('k8s_get', 'k8s', true),
  tool('k8s_delete', 'k8s', false),
  tool('wait_for_x_seconds', 'k8s', true),
];

function tool(name: string, category: string, readOnlyHint: boolean): NarrowedTool {
  const hints = { destructiveHint: !readOnlyHint, idempotentHint: true, openWorldHint: false };
  return { name, category, annotations: { readOnlyHint, ...hints } };
}

function narrowing(...given: [ConditionName, string][]) {
  const conditions = given.map(([name, list]) => ({
    name,
    text: `${name}=${list}`,
    entries: list.split(','),
  }));
  return narrowingBy(conditions, TOOLS);
}

function allowed(...given: [ConditionName, string][]): string[] {
  const narrow = narrowing(...given);
  return TOOLS.filter((one) => narrow.allows(one)).map(({ name }) => name);
}

describe(narrowingBy.name, () => {
  it('allows everything without conditions', () => {
    expect(allowed()).toHaveLength(TOOLS.length);
    expect(allowed(['read_only', 'false'])).toHaveLength(TOOLS.length);
  });

  it.each<[ConditionName, string, string[]]>([
    ['categories', 'helm', ['helm_status', 'helm_uninstall']],
    ['categories', 'kubernetes', ['k8s_get', 'k8s_delete', 'wait_for_x_seconds']],
    ['read_only', 'True', ['helm_status', 'k8s_get', 'wait_for_x_seconds']],
    ['read_only', '1', ['helm_status', 'k8s_get', 'wait_for_x_seconds']],
    ['tools', 'k8s_delete,helm_status', ['helm_status', 'k8s_delete']],
  ])('allows what meets %s=%s', (name, list, tools) => {
    expect(allowed([name, list])).toEqual(tools);
  });

  it('allows what meets all conditions, of one name too', () => {
    expect(allowed(['categories', 'k8s'], ['read_only', '1'], ['tools', 'k8s_get'])).toEqual([
      'k8s_get',
    ]);
    expect(allowed(['tools', 'k8s_get,helm_status'], ['tools', 'k8s_get,k8s_delete'])).toEqual([
      'k8s_get',
    ]);
    expect(allowed(['read_only', 'true'], ['read_only', 'false'])).not.toContain('k8s_delete');
  });

  it.each<[ConditionName, string, string]>([
    ['categories', 'hlem', 'There is no category "hlem". Nearest: helm. There are helm, k8s.'],
    ['tools', 'k8s_gte', 'There is no tool "k8s_gte". Nearest: k8s_get.'],
    ['tools', 'k8s_get,xyz', 'There is no tool "xyz". A connection that gives no tools lists all'],
    ['read_only', 'maybe', '"maybe" in read_only=maybe has to be true or false'],
    ['read_only', 'constructor', 'has to be true or false'],
  ])('refuses %s=%s', (name, list, message) => {
    expect(() => narrowing([name, list])).toThrow(message);
  });

  it('refuses conditions that no tool meets', () => {
    expect(() => narrowing(['categories', 'helm'], ['tools', 'k8s_get'])).toThrow(
      'No tool meets categories=helm and tools=k8s_get.',
    );
  });
});

describe('a tool that a connection does not allow', () => {
  const [, uninstall] = TOOLS;

  it('is refused with how to get it', () => {
    const refusal = narrowing(['categories', 'k8s'], ['read_only', 'true']).refusalOf(uninstall!);
    expect(refusal).toMatchObject({
      code: 'forbidden',
      message:
        'This connection was opened with categories=k8s. Connect with helm in that list to use helm_uninstall. ' +
        'This connection was opened with read_only=true. Connect without it to use helm_uninstall.',
    });
  });

  it('is refused only for the conditions that it does not meet', () => {
    const narrow = narrowing(['categories', 'helm'], ['tools', 'helm_status']);
    expect(narrow.refusalOf(uninstall!)?.message).toBe(
      'This connection was opened with tools=helm_status. Connect with helm_uninstall in that list to use helm_uninstall.',
    );
    expect(narrow.refusalOf(TOOLS[0]!)).toBeUndefined();
  });
});
