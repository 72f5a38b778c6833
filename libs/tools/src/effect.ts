/**
 * What a call does to the world, the mildest first. `egress` sends what was given to it to another
 * address, or lets a chart run without a change. `escalate` gives somebody rights that they did not
 * have.
 */
export const EFFECTS = [
  'read',
  'egress',
  'create',
  'update',
  'delete',
  'exec',
  'escalate',
] as const;

export type Effect = (typeof EFFECTS)[number];
