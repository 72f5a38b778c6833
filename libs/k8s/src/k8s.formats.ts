import type { TextFormat } from '#tools';

/** Most items of one list. */
const MAX_ITEMS = 100;

/** Enough for `MAX_ITEMS` pairs of the longest names. */
const MAX_LIST_LENGTH = 60_000;

/** What `kubectl get` accepts: kinds or kind/name pairs. */
export const KINDS: TextFormat = {
  pattern:
    /^[A-Za-z][A-Za-z0-9.-]{0,252}(\/[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252})?(,[A-Za-z][A-Za-z0-9.-]{0,252}(\/[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252})?)*$/,
  means:
    'a kind, several joined by commas, or kind/name, such as "pods", "pods,services" or "deployment/web"',
  maxLength: MAX_LIST_LENGTH,
  maxItems: MAX_ITEMS,
};

export const NAMES: TextFormat = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}([, ]+[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252})*$/,
  means: 'a name, or several joined by commas or spaces',
  maxLength: MAX_LIST_LENGTH,
  maxItems: MAX_ITEMS,
};

/**
 * A pod, a workload as kind/name, or a label selector. A selector has a character that a name or
 * kind/name cannot have.
 */
export const LOG_TARGET: TextFormat = {
  pattern:
    /^([A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}|[A-Za-z][A-Za-z0-9.-]{0,252}\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?|([A-Za-z0-9][A-Za-z0-9_./-]{0,316}[=!,()<>\t\r\n ]|!)[\t\r\n\x20-\x7e]{0,1999})$/,
  means: 'a pod, kind/name such as "deployment/web", or a label selector such as "app=web"',
  maxLength: 2_000,
  trims: true,
  dotsIn: /[=!,()<>\s]/,
};

/** Pairs for `k8s_set_image`. */
export const CONTAINER_IMAGES: TextFormat = {
  pattern:
    /^(\*|[a-z0-9][a-z0-9-]{0,62})=[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}([, ]+(\*|[a-z0-9][a-z0-9-]{0,62})=[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511})*$/,
  means: 'container=image, or several joined by commas, such as "web=nginx:1.28,proxy=envoy:v1.36"',
  maxLength: MAX_LIST_LENGTH,
};

export const IMAGE: TextFormat = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}$/,
  means: 'an image such as "nginx:1.28" or "registry.example.com/team/app@sha256:..."',
  maxLength: 512,
};

/** Pairs for `k8s_port_forward`. */
export const PORT_PAIRS: TextFormat = {
  pattern:
    /^([0-9]{0,5}:)?[A-Za-z0-9][A-Za-z0-9-]{0,14}([, ]+([0-9]{0,5}:)?[A-Za-z0-9][A-Za-z0-9-]{0,14}){0,9}$/,
  means:
    'local:remote, or several joined by commas or spaces, such as "8080:80" or "0:http,9090:metrics"',
  maxLength: 500,
};

export const DURATION: TextFormat = {
  pattern: /^([0-9]+(\.[0-9]+)?(h|m|s|ms))+$/,
  means: 'a duration such as "30s", "5m" or "1h30m"',
  maxLength: 64,
};

/** The cursor of a list: what tells its query apart, and the token of the API server. */
export const CURSOR: TextFormat = {
  pattern: /^[0-9a-f]{8}\.[\x21-\x7e]{1,3900}$/,
  means: 'the cursor that the last answer has given, as it is',
  maxLength: 3_909,
  trims: true,
  dotsIn: /./,
};

export const OBJECT: TextFormat = {
  pattern: /^[A-Za-z][A-Za-z0-9.-]{0,252}\/[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}$/,
  means: 'kind/name, such as "pod/web-0" or "deployment/web"',
  maxLength: 506,
};
