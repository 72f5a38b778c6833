import type { ApiResource } from './api-resource.js';

/**
 * Finds the resource type that a name means, by kubectl's rules: `pods`, `pod`, `Pod`, `po`,
 * `deployments.apps`, `deployments.v1.apps`, and a group's beginning (`rollouts.argoproj`). Case
 * does not matter. Full names win over short names; where several match, the first in the order of
 * `resources` (the API server's preference) wins.
 */
export function findResource(
  resources: readonly ApiResource[],
  wanted: string,
): ApiResource | undefined {
  const [name = '', ...rest] = wanted.toLowerCase().split('.');
  if (rest.length === 0) return pick(resources, name);
  const group = rest.join('.');
  if (rest.length > 1) {
    const [version, groupAfterVersion] = [rest[0], rest.slice(1).join('.')];
    const found = pick(
      resources.filter((it) => it.version === version && it.group === groupAfterVersion),
      name,
    );
    if (found) return found;
  }
  return (
    pick(
      resources.filter((it) => it.group === group),
      name,
    ) ??
    pick(
      resources.filter((it) => it.group.startsWith(group)),
      name,
    )
  );
}

/** All names of a resource type, in lower case. */
export function spellingsOf(resource: ApiResource): string[] {
  return [resource.plural, resource.singular, resource.kind.toLowerCase(), ...resource.shortNames];
}

function pick(resources: readonly ApiResource[], name: string): ApiResource | undefined {
  return (
    resources.find(
      (it) => it.plural === name || it.singular === name || it.kind.toLowerCase() === name,
    ) ?? resources.find((it) => it.shortNames.includes(name))
  );
}
