import { ToolError } from '#tools';
import { FileValue, isWholePem } from './file-value.js';
import type { KubeconfigEntry } from './kubeconfig-document.js';
import { besideFile } from './kubeconfig.js';
import { parseAddress } from '../http/connection/parse-address.js';

/**
 * Typed reading of one kubeconfig entry, with errors that name entry and field. A missing entry has
 * no fields.
 */
export class EntryFields {
  private readonly files = new Map<string, FileValue>();
  private readonly decoded = new Map<string, string>();

  constructor(
    private readonly kind: 'context' | 'cluster' | 'user',
    private readonly entry: KubeconfigEntry | undefined,
  ) {}

  get name(): string {
    return this.entry?.name ?? '';
  }

  /** The text of a field; an empty one counts as not given. */
  text(field: string): string | undefined {
    const value = this.entry?.fields[field] ?? '';
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') return this.fail(field, 'is not text');
    return value === '' ? undefined : value;
  }

  required(field: string): string {
    return this.text(field) ?? this.fail(field, 'is missing');
  }

  texts(field: string): string[] {
    const value = this.entry?.fields[field] ?? [];
    return Array.isArray(value) ? value.map(String) : this.fail(field, 'is not a list');
  }

  flag(field: string): boolean {
    return this.entry?.fields[field] === true;
  }

  record(field: string): Record<string, unknown> | undefined {
    const value = this.entry?.fields[field];
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  }

  /** @param schemes those that the address may have */
  url(field: string, schemes: readonly string[]): URL | undefined {
    const text = this.text(field);
    if (text === undefined) return undefined;
    const problem = `is not a URL of one of the schemes ${schemes.join(', ')}`;
    return parseAddress(text, schemes) ?? this.fail(field, problem);
  }

  /** What is wrong with files that were read before, and whose values before stay in use. */
  get problems(): string[] {
    return [...this.files.values()].flatMap(({ problem }) => problem ?? []);
  }

  /**
   * A field that names a file, relative to the kubeconfig that it stands in.
   * @param isWhole whether a text may take the place of the one before
   */
  file(field: string, isWhole?: (text: string) => boolean): FileValue | undefined {
    const path = this.text(field);
    if (path === undefined || this.entry === undefined) return undefined;
    let file = this.files.get(field);
    if (!file) {
      file = new FileValue(besideFile(this.entry.file, path), this.describe(field), isWhole);
      this.files.set(field, file);
    }
    return file;
  }

  /**
   * A certificate or key: the inline `-data` field (base64) before the file, as kubectl takes them.
   */
  pem(field: string): string | undefined {
    const data = this.text(`${field}-data`);
    if (data === undefined) return this.file(field, isWholePem)?.read();
    let text = this.decoded.get(field);
    if (text === undefined) {
      text = Buffer.from(data, 'base64').toString('utf8');
      if (!text.includes('-----BEGIN')) this.fail(`${field}-data`, 'is not PEM text in base64');
      this.decoded.set(field, text);
    }
    return text;
  }

  /** @throws ToolError `unavailable`, always */
  fail(field: string, problem: string): never {
    throw new ToolError('unavailable', `${this.describe(field)} ${problem}.`, { retryable: false });
  }

  /** The path of the kubeconfig that the entry stands in. */
  get origin(): string {
    return this.entry?.file ?? '';
  }

  private describe(field: string): string {
    return `The kubeconfig's ${this.kind} "${this.name}": ${field}`;
  }
}
