import { setImmediate } from 'node:timers/promises';
import { isRecord } from '#base';
import { ToolError } from '#tools';
import { LAST_APPLIED, type KubernetesObject } from './redact.js';
import { PatternIndex } from './pattern-index.js';
import { addEncodedValue, addText } from './value-forms.js';
import { ValueRedactor, type Sought } from './value-redactor.js';

/**
 * Helm's record of a release, which is its own topic; the beginning is that of gzip in base64,
 * twice.
 */
const HELM_RECORD = { type: 'helm.sh/release.v1', key: 'release', begin: 'SDRzSU' };

/** Patterns that one call keeps. A value has about eight. All take about 80 MB. */
const MAX_PATTERNS = 500_000;
/** Names that one call keeps. Without further names, at worst too much is replaced. */
const MAX_NAMES = 50_000;
/** Characters of a text that are looked through in one turn of the event loop. */
const TURN_CHARS = 64 * 1024;
/** Milliseconds that reading values may take of one turn. */
const TURN_MS = 20;

/**
 * The values of the Secrets that a call reads or writes, and the names of what it reads. Replaces
 * each value wherever it stands in a text: as it is, in base64, escaped, percent-encoded, or over
 * several lines. A value is looked for from 8 characters on, from 4 on if it mixes letters, digits
 * and signs, and in base64 from 4 bytes on; but not one that is also a name, a namespace or a label
 * of what the call has read.
 */
export class SecretValues implements Sought {
  readonly names = new Set<string>();
  /** Made with the first value: most calls read no Secret. */
  private patterns: PatternIndex | undefined;

  get index(): PatternIndex {
    return (this.patterns ??= new PatternIndex());
  }

  get isEmpty(): boolean {
    return this.patterns === undefined || this.patterns.size === 0;
  }

  /** Remembers the name and the namespace of an object. */
  addName({ metadata }: KubernetesObject): void {
    if (!isRecord(metadata)) return;
    this.remember(metadata.name);
    this.remember(metadata.namespace);
  }

  /**
   * Remembers all that an object is known by: also its labels and, of a Secret, its type and keys.
   */
  addNames(object: KubernetesObject, isSecret: boolean): void {
    this.addName(object);
    const labels: unknown = isRecord(object.metadata) ? object.metadata.labels : undefined;
    if (isRecord(labels)) {
      for (const key in labels) {
        this.remember(key);
        this.remember(labels[key]);
      }
    }
    if (!isSecret) return;
    this.remember(object['type']);
    for (const key of Object.keys(object['data'] ?? {})) this.remember(key);
  }

  /**
   * Remembers the values of a Secret, and those of its last `kubectl apply`.
   * @throws ToolError `invalid_input` when there are more than can be looked for
   */
  async addSecret({ type, data, stringData, metadata }: KubernetesObject): Promise<void> {
    const isRecordOfHelm = (key: string, value: string) =>
      type === HELM_RECORD.type && key === HELM_RECORD.key && value.startsWith(HELM_RECORD.begin);
    await this.addEach(data, (value, key) => {
      if (!isRecordOfHelm(key, value)) addEncodedValue(this.index, value);
    });
    await this.addEach(stringData, (value) => addText(this.index, value));
    const applied = parsed(metadata?.annotations?.[LAST_APPLIED]);
    if (applied) await this.addSecret({ ...applied, metadata: {} });
  }

  /**
   * Remembers the values that a JSON patch (RFC 6902) brings into a Secret. Throws as `addSecret`.
   */
  async addJsonPatch(operations: readonly unknown[]): Promise<void> {
    for (const operation of operations) {
      if (!isRecord(operation) || typeof operation['path'] !== 'string') continue;
      const [, field = '', key] = operation['path'].split('/');
      const { value } = operation;
      if (field === '' && isRecord(value)) await this.addSecret(value);
      else await this.addSecret({ [field]: key === undefined ? value : { [key]: value } });
    }
  }

  /** The text without the values. For short texts only: a long one would block the event loop. */
  redactShort(text: string): string {
    const redactor = new ValueRedactor(this);
    return redactor.push(text) + redactor.end();
  }

  /** The text without the values, in turns. */
  async redact(text: string): Promise<string> {
    if (text.length <= TURN_CHARS) return this.redactShort(text);
    const redactor = new ValueRedactor(this);
    const pieces: string[] = [];
    for (let at = 0; at < text.length; at += TURN_CHARS) {
      pieces.push(redactor.push(text.slice(at, at + TURN_CHARS)));
      await setImmediate();
    }
    return pieces.join('') + redactor.end();
  }

  private async addEach(values: unknown, add: (value: string, key: string) => void): Promise<void> {
    if (!isRecord(values)) return;
    let startedAt = performance.now();
    for (const [key, value] of Object.entries(values)) {
      if (typeof value === 'string') add(value, key);
      if (this.index.size > MAX_PATTERNS) throw tooMany();
      if (performance.now() - startedAt < TURN_MS) continue;
      await setImmediate();
      startedAt = performance.now();
    }
  }

  private remember(name: unknown): void {
    if (typeof name === 'string' && this.names.size < MAX_NAMES) this.names.add(name);
  }
}

/** The call is refused, because not every value could be looked for. */
function tooMany(): ToolError {
  const message =
    'The Secrets that this call reads have too many values to keep all of them out of its answer. Ask for fewer: by name, namespace or label_selector, or with the output "name".';
  return new ToolError('invalid_input', message);
}

function parsed(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
