import { describe, expect, it } from 'vitest';
import { credentialFailure } from './plugin-words.js';

const AT = 'Kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": getting credentials';

describe(credentialFailure, () => {
  it.each([
    ['exec: executable sh failed with exit code 7', 'ended with exit code 7'],
    ['exec: fork/exec /nope/plugin: no such file or directory', 'gave none'],
    ["decoding stdout: couldn't get version/kind", 'gave none'],
  ])('says what became of a plugin, and nothing of what it said: %s', (told, end) => {
    const failure = credentialFailure('helm', `refused: my-token\nError: ${AT}: ${told}\n`);
    expect(failure).toMatchObject({
      code: 'unavailable',
      message: `helm got no credentials: the credential plugin of the context ${end}.`,
    });
  });

  it('leaves other failures alone', () => {
    expect(credentialFailure('helm', 'Error: release: not found')).toBeUndefined();
  });
});
