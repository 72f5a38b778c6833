import type { TextFormat } from '#tools';

/** A container, or all of them, for `argo_set_image`. */
export const CONTAINER_NAME: TextFormat = {
  pattern: /^(\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/,
  means: 'the name of a container, or "*" for every container',
  maxLength: 63,
};

/** An image alone or with its container, for `argo_set_image`. */
export const CONTAINER_IMAGE: TextFormat = {
  pattern: /^((\*|[a-z0-9][a-z0-9-]{0,62})=)?[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}$/,
  means: 'an image such as "nginx:1.28", or container=image such as "web=nginx:1.28"',
  maxLength: 576,
};
