import type { TextFormat } from '#tools';

export const NAMESPACE: TextFormat = {
  pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  means: 'a namespace: at most 63 of a-z, 0-9 and "-", starting and ending with a letter or digit',
  maxLength: 63,
};

export const KIND: TextFormat = {
  pattern: /^[A-Za-z][A-Za-z0-9.-]{0,252}$/,
  means: 'a kind, plural or short name such as "deployment", "deploy" or "rollouts.argoproj.io"',
  maxLength: 253,
};

/**
 * The text must begin with a key or "!". The API server checks the rest, as it does for kubectl.
 */
export const LABEL_SELECTOR: TextFormat = {
  pattern: /^[A-Za-z0-9!][\t\r\n\x20-\x7e]{0,1999}$/,
  means: 'a label selector such as "app=web,tier in (front, back),!canary,cpu>8"',
  maxLength: 2_000,
  trims: true,
  dotsIn: /./,
};

/** The text must begin with a field. The API server checks the rest. */
export const FIELD_SELECTOR: TextFormat = {
  pattern: /^[A-Za-z][\t\r\n\x20-\x7e]{0,1999}$/,
  means: 'a field selector such as "status.phase!=Running,spec.nodeName=node-1"',
  maxLength: 2_000,
  trims: true,
  dotsIn: /./,
};
