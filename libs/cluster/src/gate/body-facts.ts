import { isRecord } from '#base';
import { doubledKey } from './doubled-key.js';
import { protobufBody } from './protobuf-body.js';
import { uncertain } from './uncertain.js';

/** What the body of a request says, as far as it decides what is asked for. */
export interface BodyFacts {
  /** The name of the object; `''` where the API server makes one. */
  name: string;
  /** The `dryRun` of the options of a deletion, of whatever type. */
  dryRun: unknown;
  /** The same for an eviction. */
  evictionDryRun: unknown;
  isEmpty: boolean;
}

const EMPTY: BodyFacts = {
  name: '',
  dryRun: undefined,
  evictionDryRun: undefined,
  isEmpty: true,
};

const PROTOBUF_TYPE = /^application\/vnd\.kubernetes\.protobuf\s*(?:;|$)/i;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/**
 * Reads the body of a creation or of a deletion.
 * @param body an object, or the text or bytes of one
 * @param isNamed whether it names the object of the request
 * @throws ToolError `invalid_input` where that name is not certain
 */
export function bodyFacts(
  body: unknown,
  contentType: string | undefined,
  isNamed: boolean,
): BodyFacts {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  if (body === undefined || (isText && body.length === 0)) return EMPTY;
  const value = isText ? read(body, contentType, isNamed) : body;
  if (!isRecord(value)) {
    if (isNamed) throw uncertain('its body is no object in JSON or protobuf');
    return { ...EMPTY, isEmpty: false };
  }
  const { kind, items, metadata, deleteOptions, dryRun } = value;
  if (isNamed && (kind === 'List' || Array.isArray(items))) {
    throw uncertain('it creates a list. Create its objects one by one');
  }
  const evictionDryRun = isRecord(deleteOptions) ? deleteOptions['dryRun'] : undefined;
  return { name: nameIn(metadata), dryRun, evictionDryRun, isEmpty: false };
}

/** An object without a name gets one of the API server, from `generateName`. */
function nameIn(metadata: unknown): string {
  const name = isRecord(metadata) ? metadata['name'] : undefined;
  return typeof name === 'string' ? name : '';
}

function read(
  body: string | Uint8Array,
  contentType: string | undefined,
  isNamed: boolean,
): unknown {
  const type = contentType ?? 'application/json';
  const bytes = Buffer.from(body as Uint8Array);
  if (PROTOBUF_TYPE.test(type)) return protobufBody(bytes);
  if (!JSON_TYPE.test(type)) return undefined;
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const doubled = doubledKey(text);
  if (doubled === undefined) return value;
  if (isNamed) throw uncertain(`its body has the field "${doubled}" twice`);
  return undefined;
}
