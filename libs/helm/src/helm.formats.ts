import type { TextFormat } from '#tools';

export const RELEASE_NAME: TextFormat = {
  pattern: /^[a-z0-9]([-a-z0-9.]{0,51}[a-z0-9])?$/,
  means:
    'a release name: at most 53 of a-z, 0-9, "-" and ".", starting and ending with a letter or digit',
  maxLength: 53,
};

/** What helm calls a chart reference. */
export const CHART: TextFormat = {
  pattern: /^[A-Za-z0-9./][A-Za-z0-9_.:@/+~%-]{0,1023}$/,
  means:
    'a chart: repository/chart, oci://registry/path, https://host/chart.tgz, or ./path in the folder that this server allows',
  maxLength: 1_024,
};

/** A version, or a constraint on versions. */
export const CHART_VERSION: TextFormat = {
  pattern:
    /^[<>=!~^]{0,2} ?v?[0-9xX*][0-9A-Za-z.*+-]{0,63}((,| |, | - | ?\|\| ?)[<>=!~^]{0,2} ?v?[0-9xX*][0-9A-Za-z.*+-]{0,63}){0,9}$/,
  means: 'a version or a constraint such as "1.2.3", "^2.0.0" or ">=1.2 <2"',
  maxLength: 800,
};

export const REPOSITORY_NAME: TextFormat = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
  means: 'a name: at most 63 of A-Z, a-z, 0-9 and "_.-", starting with a letter or digit',
  maxLength: 63,
};

export const REPOSITORY_URL: TextFormat = {
  pattern: /^https?:\/\/[A-Za-z0-9[][A-Za-z0-9_.~:/?#[\]@!$&'()*+,;=%-]{0,2000}$/,
  means: 'an address that begins with https:// or http://',
  maxLength: 2_009,
};

/** Words to look for; "" is none. */
export const KEYWORDS: TextFormat = {
  pattern: /^([A-Za-z0-9][A-Za-z0-9_./+-]{0,99}( [A-Za-z0-9][A-Za-z0-9_./+-]{0,99}){0,9})?$/,
  means: 'one or more words of A-Z, a-z, 0-9 and "_./+-"',
  maxLength: 1_009,
};
