import { describe, expect, it } from 'vitest';
import { parseFieldPath } from './field-path.js';

const POD = {
  metadata: { name: 'web', labels: { app: 'web', 'app.kubernetes.io/name': 'shop' } },
  spec: {
    containers: [{ name: 'a', image: 'a:1', ports: [{ port: 1 }, { port: 2 }] }, { name: 'b' }],
    big: 9007199254740993n,
    nothing: null,
  },
};

const valuesAt = (path: string) => parseFieldPath(path, 'fields').valuesIn(POD);

describe('a path', () => {
  it.each<[string, unknown[]]>([
    ['.metadata.name', ['web']],
    ['metadata.name', ['web']],
    ['{.metadata.name}', ['web']],
    ['$.metadata.name', ['web']],
    ["metadata['name']", ['web']],
    ['.spec.containers[*].name', ['a', 'b']],
    ['.spec.containers.*.name', ['a', 'b']],
    ['.spec.containers[0].image', ['a:1']],
    ['.spec.containers[-1].name', ['b']],
    ['.spec.containers[9].name', []],
    ['.spec.containers[*].image', ['a:1']],
    ['.spec.containers[*].ports[*].port', [1, 2]],
    ["metadata.labels['app.kubernetes.io/name']", ['shop']],
    ['metadata.labels["app.kubernetes.io/name"]', ['shop']],
    [String.raw`metadata.labels.app\.kubernetes\.io/name`, ['shop']],
    ['.metadata.labels[*]', ['web', 'shop']],
    ['.spec.big', [9007199254740993n]],
    ['.spec.nothing', []],
    ['.spec.containers.name', []],
    ['.metadata.name.length', []],
    ['.constructor', []],
    ['.spec.__proto__', []],
  ])('%s leads to %j', (path, values) => {
    expect(valuesAt(path)).toEqual(values);
  });

  it.each([
    '',
    '.',
    '..name',
    '.metadata..name',
    '.metadata.',
    '.spec.containers[?(@.name=="a")]',
    '.spec.containers[0:1]',
    '.spec.containers[',
    '.a b',
    "{.metadata.name}{'x'}",
    '(1+1)',
    '`whoami`',
    'a['.repeat(50),
    '.a'.repeat(101),
  ])('cannot be %j', (path) => {
    expect(() => valuesAt(path)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        errors: [expect.objectContaining({ field: 'fields' })],
      }),
    );
  });

  it.each(['.metadata.name', '.spec.containers[*].ports[0]', "['app.kubernetes.io/name'].x"])(
    'is written as %s',
    (path) => {
      expect(String(parseFieldPath(path, 'sort_by'))).toBe(path);
    },
  );
});
