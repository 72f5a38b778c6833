import { protobufFields, type KubernetesObject, type ProtobufFields } from '#cluster';

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

function bytes(fields: ProtobufFields, number: number): Buffer {
  return fields.get(number)?.at(-1) ?? Buffer.alloc(0);
}

function fieldsOf(message: Buffer): ProtobufFields {
  return protobufFields(message) ?? new Map();
}
