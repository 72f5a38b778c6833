import { compareTexts } from '#base';
import { LAST_APPLIED, redacted } from '#cluster';

/** The fields of a Secret that its description shows. */
export interface Secret {
  metadata: {
    name: string;
    namespace: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  type: string;
  /** In base64. */
  data?: Record<string, string>;
}

const LABEL_WIDTH = 14;
/** Most bytes of an annotation that kubectl shows on one line. */
const MAX_LINE_BYTES = 140;

/**
 * What `kubectl describe secret` prints (describeSecret of k8s.io/kubectl/pkg/describe), except
 * that the token of a service account is also shown as its size: kubectl prints it in clear.
 */
export function secretText({ metadata, type, data = {} }: Secret): string {
  const labels = sortedEntries(metadata.labels).map(([key, value]) => `${key}=${value}`);
  const annotations = sortedEntries(metadata.annotations)
    .filter(([key]) => key !== LAST_APPLIED)
    .flatMap(annotationLines);
  const values = sortedEntries(data).map(([key, value]) => [`${key}:`, sizeText(type, key, value)]);
  const width = Math.max(...values.map(([label = '']) => label.length)) + 2;
  return [
    ...block('Name:', [metadata.name]),
    ...block('Namespace:', [metadata.namespace]),
    ...block('Labels:', labels),
    ...block('Annotations:', annotations),
    '',
    `Type:  ${type}`,
    '',
    'Data',
    '====',
    ...values.map(([label = '', size]) => `${label.padEnd(width)}${size}`),
  ].join('\n');
}

function sizeText(type: string, key: string, value: string): string {
  const bytes = Buffer.from(value, 'base64').length;
  const isToken = type === 'kubernetes.io/service-account-token' && key === 'token';
  return isToken ? redacted(bytes) : `${bytes} bytes`;
}

function annotationLines([key, text]: [string, string]): string[] {
  const value = text.replace(/\n$/, '');
  const isLong = Buffer.byteLength(value) + Buffer.byteLength(key) + 2 > MAX_LINE_BYTES;
  if (!isLong && !value.includes('\n')) return [`${key}: ${value}`];
  return [`${key}:`, ...value.split('\n').map((line) => `  ${shortened(line)}`)];
}

function shortened(line: string): string {
  const bytes = Buffer.from(line);
  return bytes.length > MAX_LINE_BYTES - 2
    ? `${bytes.toString('utf8', 0, MAX_LINE_BYTES - 2)}...`
    : line;
}

function block(label: string, lines: readonly string[]): string[] {
  const [first = '<none>', ...others] = lines;
  return [
    label.padEnd(LABEL_WIDTH) + first,
    ...others.map((line) => ' '.repeat(LABEL_WIDTH) + line),
  ];
}

function sortedEntries(record: Record<string, string> = {}): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => compareTexts(a, b));
}
