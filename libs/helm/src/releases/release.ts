import type { Revision } from './release-revision.js';

/** A hook of a release: an object that helm creates at a certain point of the release's life. */
export interface Hook {
  name?: string;
  kind?: string;
  path?: string;
  manifest?: string;
  events?: string[];
  last_run?: { started_at?: string; completed_at?: string; phase?: string };
  weight?: number;
  delete_policies?: string[];
  output_log_policies?: string[];
}

/**
 * One revision of a release, with the fields that are read of what helm stores (`pkg/release/v1`).
 * Times are RFC 3339, or "".
 */
export interface Release {
  name: string;
  namespace: string;
  /** The revision. */
  version: number;
  info: {
    first_deployed?: string;
    last_deployed?: string;
    deleted?: string;
    description?: string;
    status: string;
    notes?: string;
  };
  chart?: {
    metadata?: { name?: string; version?: string; appVersion?: string };
    values?: Record<string, unknown> | null;
  };
  /** The values that the user gave. */
  config?: Record<string, unknown> | null;
  manifest: string;
  hooks: Hook[];
}

/** What lists and histories show of one revision. */
export interface ReleaseSummary {
  name: string;
  namespace: string;
  revision: number;
  /** RFC 3339, or "" if it was never deployed. */
  updated: string;
  status: string;
  /** Name and version, such as `cache-0.2.0`. */
  chart: string;
  appVersion: string;
  description: string;
}

/** What helm says of a chart that a release does not hold. */
const MISSING = 'MISSING';

/** Shown for a release that holds more than this server reads. */
const TOO_LARGE = '(too large to be read)';

/** Characters of a text in a list; a release may hold texts of any length. */
const MAX_CELL_CHARS = 2_000;

/** What lists and histories show of one revision of a release. */
export function summaryOf({ name, namespace, version, info, chart }: Release): ReleaseSummary {
  const metadata = chart?.metadata;
  return {
    name: shortened(name),
    namespace: shortened(namespace),
    revision: version,
    updated: shortened(info.last_deployed ?? ''),
    status: shortened(info.status),
    chart: metadata ? shortened(`${metadata.name ?? ''}-${metadata.version ?? ''}`) : MISSING,
    appVersion: metadata ? shortened(metadata.appVersion ?? '') : MISSING,
    description: shortened(info.description ?? ''),
  };
}

/** What is known of a release that is not read, from the labels of the object that holds it. */
export function summaryOfLabels({
  name,
  namespace,
  revision,
  status,
  modifiedAt,
}: Revision): ReleaseSummary {
  const updated = new Date(Number(modifiedAt) * 1_000);
  return {
    name,
    namespace,
    revision,
    updated: Number.isNaN(updated.getTime()) ? '' : updated.toISOString(),
    status,
    chart: TOO_LARGE,
    appVersion: '',
    description: TOO_LARGE,
  };
}

function shortened(text: string): string {
  const left = text.length - MAX_CELL_CHARS;
  return left > 0 ? `${text.slice(0, MAX_CELL_CHARS)}...[${left} more characters]` : text;
}
