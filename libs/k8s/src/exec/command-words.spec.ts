import { describe, expect, it } from 'vitest';
import { commandWords } from './command-words.js';

describe('commandWords', () => {
  it.each<[string, string[]]>([
    ['ls', ['ls']],
    ['  ls \t -l\n /tmp ', ['ls', '-l', '/tmp']],
    [`sh -c 'echo "$HOME" | wc > x'`, ['sh', '-c', 'echo "$HOME" | wc > x']],
    ['echo "a b" c', ['echo', 'a b', 'c']],
    [String.raw`echo "\$a \"b\" \\ \n"`, ['echo', String.raw`$a "b" \ \n`]],
    [String.raw`echo a\ b \'c\'`, ['echo', 'a b', "'c'"]],
    [`echo a'b'"c"d`, ['echo', 'abcd']],
    [`echo '' ""`, ['echo', '', '']],
    ['echo a\\\nb "c\\\nd"', ['echo', 'ab', 'cd']],
    ['cat * | grep x > y', ['cat', '*', '|', 'grep', 'x', '>', 'y']],
  ])('cuts %j', (command, words) => {
    expect(commandWords(command)).toEqual(words);
  });

  it.each([
    [`echo 'a`, `quote ' at character 6`],
    ['echo "a\\"', 'quote " at character 6'],
    ['echo a\\', 'ends with a backslash'],
    ['', 'is empty'],
    [' \n', 'is empty'],
  ])('refuses %j', (command, reason) => {
    expect(() => commandWords(command)).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining(reason),
        errors: [expect.objectContaining({ field: 'command' })],
      }),
    );
  });
});
