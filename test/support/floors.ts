/**
 * The libs by floor, the ground first. A lib imports those of lower floors, never one of its own
 * floor. Every lib that is not listed is a domain, on the floor above: it needs no line here.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ['base'],
  ['tools'],
  ['telemetry'],
  ['cli'],
  ['store'],
  ['cluster'],
];

/** What stands on top: it may import every lib. */
export const SERVER = 'apps/server';

/**
 * What imports nothing of the project: the sandbox can stand beside any version of it, and the
 * client runs in browsers.
 */
export const ALONE: readonly string[] = ['apps/sandbox', 'libs/client'];
