import type { KubernetesObject } from '#cluster';

/** The first bytes of a body in the protobuf format of Kubernetes. */
const MAGIC = Buffer.from('k8s\0');

/**
 * The numbers of the fields that are read. Source: generated.proto of apimachinery (runtime,
 * meta/v1) and of api/core/v1.
 */
const ENVELOPE = { typeMeta: 1, raw: 2 };
const TYPE_META = { apiVersion: 1, kind: 2 };
const OBJECT = { metadata: 1, data: 2 };
const METADATA = { name: 1, namespace: 3 };
const ENTRY = { key: 1, value: 2 };

type Fields = Map<number, Buffer[]>;

/**
 * A Secret or ConfigMap as a typed client of Kubernetes sends it, which is how helm stores its
 * releases: kind, name and data.
 * @returns undefined for a body in another format
 */
export function storedObject(body: Buffer): KubernetesObject | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const envelope = fieldsOf(body.subarray(MAGIC.length));
  const typeMeta = fieldsOf(bytes(envelope, ENVELOPE.typeMeta));
  const object = fieldsOf(bytes(envelope, ENVELOPE.raw));
  const metadata = fieldsOf(bytes(object, OBJECT.metadata));
  const kind = bytes(typeMeta, TYPE_META.kind).toString();
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  const entries = (object.get(OBJECT.data) ?? []).map((entry) => {
    const fields = fieldsOf(entry);
    return [bytes(fields, ENTRY.key).toString(), bytes(fields, ENTRY.value).toString(encoding)];
  });
  return {
    apiVersion: bytes(typeMeta, TYPE_META.apiVersion).toString(),
    kind,
    metadata: {
      name: bytes(metadata, METADATA.name).toString(),
      namespace: bytes(metadata, METADATA.namespace).toString(),
    },
    data: Object.fromEntries(entries) as object,
  };
}

function bytes(fields: Fields, number: number): Buffer {
  return fields.get(number)?.at(-1) ?? Buffer.alloc(0);
}

/** The fields of a message that hold texts, bytes or messages; numbers are skipped. */
function fieldsOf(message: Buffer): Fields {
  const fields: Fields = new Map();
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[offset++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (offset < message.length) {
    const tag = varint();
    const wireType = tag & 7;
    if (wireType === 2) {
      const length = varint();
      const number = Math.floor(tag / 8);
      const value = message.subarray(offset, offset + length);
      const others = fields.get(number);
      if (others) others.push(value);
      else fields.set(number, [value]);
      offset += length;
    } else if (wireType === 0) varint();
    else offset += wireType === 1 ? 8 : 4;
  }
  return fields;
}
