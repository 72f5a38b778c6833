import { nearestNames } from '#cluster';
import { invalidField, ToolError, type ToolCall } from '#tools';
import { withoutCredentials } from '../cli/helm-failure.js';
import type { Repositories } from './repositories.js';
import type { RepositoryEntry } from './repository-file.js';

/**
 * Fetches the index of a repository and, if that succeeds, adds the repository. User and password
 * are stored apart from the address.
 * @throws ToolError `conflict` when the name is taken, `upstream` when there is no repository at
 * the address
 */
export async function addRepository(
  repositories: Repositories,
  name: string,
  url: string,
  { signal }: ToolCall,
): Promise<string> {
  const entry = entryOf(name, url);
  return repositories.alone(signal, async () => {
    const { file } = repositories;
    const known = (await file.read()).find((one) => one.name === name);
    if (known && isSame(known, entry)) {
      return `"${name}" already exists with the same configuration, skipping`;
    }
    if (known) throw taken(known, entry);
    const { failed } = await repositories.fetch([entry], signal);
    const [failure] = failed;
    if (failure?.error?.code === 'forbidden') throw failure.error;
    if (failure) {
      const message = `There is no chart repository at ${withoutCredentials(entry.url)}, or it cannot be reached: ${failure.reason} Nothing was added.`;
      throw new ToolError('upstream', message);
    }
    await file.write([...(await file.read()), entry]);
    return `"${name}" has been added to your repositories`;
  });
}

/**
 * Fetches the indexes of all repositories again.
 * @throws ToolError `upstream` that names those that could not be updated; the others are
 */
export async function updateRepositories(
  repositories: Repositories,
  { signal }: ToolCall,
): Promise<string> {
  return repositories.alone(signal, async () => {
    const entries = await repositories.file.read();
    if (entries.length === 0) return NO_REPOSITORIES;
    const { report, failed } = await repositories.fetch(entries, signal);
    if (failed.length === 0) return report;
    const reasons = failed.map(({ name, reason }) => `"${name}" (${reason})`).join(', ');
    const others = failed.length < entries.length ? ' The others are up to date.' : '';
    throw new ToolError('upstream', `Could not be updated: ${reasons}.${others}`, {
      output: report,
    });
  });
}

/**
 * Removes a repository and its index.
 * @throws ToolError `not_found` with the nearest names
 */
export async function removeRepository(
  repositories: Repositories,
  name: string,
  { signal }: ToolCall,
): Promise<string> {
  return repositories.alone(signal, async () => {
    const { file } = repositories;
    const entries = await file.read();
    const others = entries.filter((entry) => entry.name !== name);
    if (others.length === entries.length) throw unknownRepository(name, entries);
    await file.write(others);
    await repositories.forget(name);
    return `"${name}" has been removed from your repositories`;
  });
}

/** The failure for a repository that was not added: `not_found`. */
export function unknownRepository(name: string, entries: readonly RepositoryEntry[]): ToolError {
  const names = entries.map((entry) => entry.name);
  const [nearest] = nearestNames(name, names);
  const known = names.length > 0 ? ` There are: ${names.join(', ')}.` : '';
  const hint = nearest ? ` Did you mean "${nearest}"?` : known;
  const message = `There is no repository "${name}".${hint} helm_repo_add adds one.`;
  return new ToolError('not_found', message);
}

/** The answer where no repository was added. */
export const NO_REPOSITORIES = 'There are no repositories. Add one with helm_repo_add.';

function entryOf(name: string, text: string): RepositoryEntry {
  const url = URL.parse(text);
  if (!url) throw invalidField('url', 'is not an address');
  const { username, password } = url;
  if ((username === '') !== (password === '')) {
    throw invalidField('url', 'needs both a user and a password, or neither', {
      accepts: 'https://host/path or https://user:password@host/path',
    });
  }
  if (username === '') return { name, url: text };
  url.username = '';
  url.password = '';
  return { name, url: url.href, username: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidField('url', 'has a user or password with a "%" that is not an escape (%25)');
  }
}

function isSame(one: RepositoryEntry, other: RepositoryEntry): boolean {
  const keys = ['url', 'username', 'password'] as const;
  return keys.every((key) => (one[key] ?? '') === (other[key] ?? ''));
}

function taken(known: RepositoryEntry, { url }: RepositoryEntry): ToolError {
  const differs =
    known.url === url
      ? 'with other credentials'
      : `with the address ${withoutCredentials(known.url)}`;
  return new ToolError(
    'conflict',
    `Repository "${known.name}" already exists ${differs}. Choose another name, or remove it first with helm_repo_remove.`,
  );
}
