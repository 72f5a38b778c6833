import { protobufFields, type ProtobufFields } from '../text/protobuf-fields.js';

/** The first bytes of a body in the protobuf format of Kubernetes. */
const MAGIC = Buffer.from('k8s\0');

/**
 * The numbers of the fields that are read. Source: generated.proto of apimachinery (runtime,
 * meta/v1) and of api/policy/v1. Every kind that is created has its metadata first.
 */
const ENVELOPE = { typeMeta: 1, raw: 2, contentEncoding: 3, contentType: 4 };
const TYPE_META = { kind: 2 };
const OBJECT = { metadata: 1 };
const METADATA = { name: 1 };
const EVICTION = { deleteOptions: 2 };
const DELETE_OPTIONS = { dryRun: 5 };

/** The kind, the name and the options of a deletion in a body that a typed client sends. */
export interface ProtobufBody {
  kind: string;
  metadata: { name: string };
  deleteOptions?: { dryRun: string[] };
  dryRun?: string[];
}

/**
 * Reads a body in the protobuf format of Kubernetes, as typed clients send it: helm stores its
 * releases so.
 * @returns undefined where it cannot be read in exactly one way
 */
export function protobufBody(body: Buffer): ProtobufBody | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const envelope = protobufFields(body.subarray(MAGIC.length));
  if (!envelope || hasText(envelope, ENVELOPE.contentEncoding, ENVELOPE.contentType)) {
    return undefined;
  }
  const typeMeta = within(envelope, ENVELOPE.typeMeta);
  const object = within(envelope, ENVELOPE.raw);
  const kind = typeMeta && textIn(typeMeta, TYPE_META.kind);
  if (!object || kind === undefined || kind.endsWith('List')) return undefined;
  // The first field of the options of a deletion is a number.
  if (kind === 'DeleteOptions') return { kind, metadata: { name: '' }, dryRun: dryRunIn(object) };
  const metadata = within(object, OBJECT.metadata);
  const name = metadata && textIn(metadata, METADATA.name);
  if (name === undefined) return undefined;
  if (kind !== 'Eviction') return { kind, metadata: { name } };
  const options = within(object, EVICTION.deleteOptions);
  return { kind, metadata: { name }, deleteOptions: { dryRun: options ? dryRunIn(options) : [] } };
}

function dryRunIn(options: ProtobufFields): string[] {
  return (options.get(DELETE_OPTIONS.dryRun) ?? []).map(String);
}

function hasText(fields: ProtobufFields, ...numbers: number[]): boolean {
  return numbers.some((number) => fields.get(number)?.some(({ length }) => length > 0));
}

/** A message that is there once. One that is there twice is joined. */
function within(fields: ProtobufFields, number: number): ProtobufFields | undefined {
  const found = fields.get(number) ?? [Buffer.alloc(0)];
  return found.length === 1 ? protobufFields(found[0]!) : undefined;
}

function textIn(fields: ProtobufFields, number: number): string | undefined {
  const found = fields.get(number) ?? [Buffer.alloc(0)];
  return found.length === 1 ? found[0]!.toString() : undefined;
}
