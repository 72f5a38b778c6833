/**
 * A rule for a text parameter. Each keeps a value from being read as a flag, a path or another
 * name.
 */
export interface TextFormat {
  pattern: RegExp;
  /** What the pattern means, for people. */
  means: string;
  /** Most characters, at most what the pattern takes. */
  maxLength: number;
  /** Most things that a list, joined by commas or spaces, may name: each is a request. */
  maxItems?: number;
  /** Blanks around the text mean nothing, and are left out. */
  trims?: boolean;
  /** Texts in which ".." is nothing special. */
  dotsIn?: RegExp;
}

/** Most things that a call may name in one list. */
const MAX_ITEMS = 100;

/** Room for as many pairs of the longest names. */
const MAX_LIST_LENGTH = 60_000;

/**
 * No format lets a value start with "-"; free text is `free` and never becomes an argument of a
 * program.
 */
export const TEXT_FORMATS = {
  namespace: {
    pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    means:
      'a namespace: at most 63 of a-z, 0-9 and "-", starting and ending with a letter or digit',
    maxLength: 63,
  },
  name: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}$/,
    means: 'a name: at most 253 of A-Z, a-z, 0-9 and "_.:@+-", starting with a letter or digit',
    maxLength: 253,
  },
  /** A container, DNS label of RFC 1123. */
  label: {
    pattern: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    means: 'at most 63 of a-z, 0-9 and "-", starting and ending with a letter or digit',
    maxLength: 63,
  },
  kind: {
    pattern: /^[A-Za-z][A-Za-z0-9.-]{0,252}$/,
    means: 'a kind, plural or short name such as "deployment", "deploy" or "rollouts.argoproj.io"',
    maxLength: 253,
  },
  /** What `kubectl get` takes: several kinds, or kind/name pairs. */
  kinds: {
    pattern:
      /^[A-Za-z][A-Za-z0-9.-]{0,252}(\/[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252})?(,[A-Za-z][A-Za-z0-9.-]{0,252}(\/[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252})?)*$/,
    means:
      'a kind, several joined by commas, or kind/name, such as "pods", "pods,services" or "deployment/web"',
    maxLength: MAX_LIST_LENGTH,
    maxItems: MAX_ITEMS,
  },
  names: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}([, ]+[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252})*$/,
    means: 'a name, or several joined by commas or spaces',
    maxLength: MAX_LIST_LENGTH,
    maxItems: MAX_ITEMS,
  },
  /**
   * A pod, a workload as kind/name, or a label selector: what has a character that neither a name
   * nor kind/name has.
   */
  logTarget: {
    pattern:
      /^([A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}|[A-Za-z][A-Za-z0-9.-]{0,252}\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?|([A-Za-z0-9][A-Za-z0-9_./-]{0,316}[=!,()<>\t\r\n ]|!)[\t\r\n\x20-\x7e]{0,1999})$/,
    means: 'a pod, kind/name such as "deployment/web", or a label selector such as "app=web"',
    maxLength: 2_000,
    trims: true,
    dotsIn: /[=!,()<>\s]/,
  },
  /** What a key or "!" may begin; the API server reads the rest, as it does for kubectl. */
  labelSelector: {
    pattern: /^[A-Za-z0-9!][\t\r\n\x20-\x7e]{0,1999}$/,
    means: 'a label selector such as "app=web,tier in (front, back),!canary,cpu>8"',
    maxLength: 2_000,
    trims: true,
    dotsIn: /./,
  },
  /** Pairs for `k8s_set_image`. */
  containerImages: {
    pattern:
      /^(\*|[a-z0-9][a-z0-9-]{0,62})=[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}([, ]+(\*|[a-z0-9][a-z0-9-]{0,62})=[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511})*$/,
    means:
      'container=image, or several joined by commas, such as "web=nginx:1.28,proxy=envoy:v1.36"',
    maxLength: MAX_LIST_LENGTH,
  },
  /** A container, or all of them, for `argo_set_image`. */
  containerName: {
    pattern: /^(\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/,
    means: 'the name of a container, or "*" for every container',
    maxLength: 63,
  },
  /** An image alone or with its container, for `argo_set_image`. */
  containerImage: {
    pattern: /^((\*|[a-z0-9][a-z0-9-]{0,62})=)?[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}$/,
    means: 'an image such as "nginx:1.28", or container=image such as "web=nginx:1.28"',
    maxLength: 576,
  },
  image: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}$/,
    means: 'an image such as "nginx:1.28" or "registry.example.com/team/app@sha256:..."',
    maxLength: 512,
  },
  /** Pairs for `k8s_port_forward`. */
  portPairs: {
    pattern:
      /^([0-9]{0,5}:)?[A-Za-z0-9][A-Za-z0-9-]{0,14}([, ]+([0-9]{0,5}:)?[A-Za-z0-9][A-Za-z0-9-]{0,14}){0,9}$/,
    means:
      'local:remote, or several joined by commas or spaces, such as "8080:80" or "0:http,9090:metrics"',
    maxLength: 500,
  },
  uuid: {
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    means: 'a UUID in lower case',
    maxLength: 36,
  },
  duration: {
    pattern: /^([0-9]+(\.[0-9]+)?(h|m|s|ms))+$/,
    means: 'a duration such as "30s", "5m" or "1h30m"',
    maxLength: 64,
  },
  releaseName: {
    pattern: /^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/,
    means:
      'a release name: at most 53 of a-z, 0-9, "-" and ".", starting and ending with a letter or digit',
    maxLength: 53,
  },
  /** What helm calls a chart reference. */
  chart: {
    pattern: /^[A-Za-z0-9./][A-Za-z0-9_.:@/+~%-]{0,1023}$/,
    means:
      'a chart: repository/chart, oci://registry/path, https://host/chart.tgz, or ./path in the folder that this server allows',
    maxLength: 1_024,
  },
  /** A version, or a constraint on versions. */
  chartVersion: {
    pattern:
      /^[<>=!~^]{0,2} ?v?[0-9xX*][0-9A-Za-z.*+-]{0,63}((,| |, | - | ?\|\| ?)[<>=!~^]{0,2} ?v?[0-9xX*][0-9A-Za-z.*+-]{0,63}){0,9}$/,
    means: 'a version or a constraint such as "1.2.3", "^2.0.0" or ">=1.2 <2"',
    maxLength: 800,
  },
  repositoryName: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
    means: 'a name: at most 63 of A-Z, a-z, 0-9 and "_.-", starting with a letter or digit',
    maxLength: 63,
  },
  repositoryUrl: {
    pattern: /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9_.~:/?#[\]@!$&'()*+,;=%-]{0,2000}$/,
    means: 'an address that begins with https:// or http://',
    maxLength: 2_009,
  },
  /** Words to look for; "" is none. */
  keywords: {
    pattern: /^([A-Za-z0-9][A-Za-z0-9_./+-]{0,99}( [A-Za-z0-9][A-Za-z0-9_./+-]{0,99}){0,9})?$/,
    means: 'one or more words of A-Z, a-z, 0-9 and "_./+-"',
    maxLength: 1_009,
  },
} satisfies Record<string, TextFormat>;

export type TextFormatName = keyof typeof TEXT_FORMATS;

/** The rule of a name. */
export function textFormat(name: TextFormatName): TextFormat {
  return TEXT_FORMATS[name];
}
