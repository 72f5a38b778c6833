import { acceptedBy, type InputClass, type PropertySchema } from './input-schema.js';
import { ToolError, type FieldError } from './tool.error.js';

type Properties = Record<string, PropertySchema>;
type Values = Record<string, unknown>;

/** The most unknown parameters that an error names. A body has room for many thousands. */
const MAX_STRAY_FIELDS = 10;

/** Most characters of their names in the error. */
const MAX_STRAY_LENGTH = 100;

/**
 * Reads and checks what a caller sent into one instance of each class. Missing parameters get their
 * defaults. Parameters that no class declares are refused.
 * @param subject what is called, for the message
 * @param given an object, or null or undefined for no parameters
 * @throws ToolError `invalid_input` with one entry for each wrong parameter, and for the first of
 * those that no class declares
 */
export function readInput(
  subject: string,
  inputs: readonly InputClass[],
  properties: Properties,
  given: unknown,
): object[] {
  const args = given ?? {};
  if (typeof args !== 'object' || Array.isArray(args)) {
    const message = 'the parameters must be a JSON object';
    throw invalid(subject, [{ field: '', message, accepts: parametersOf(properties) }]);
  }
  const errors: FieldError[] = [];
  for (const name in args) {
    if (Object.hasOwn(properties, name)) continue;
    const field = name.slice(0, MAX_STRAY_LENGTH);
    errors.push({ field, message: 'is not a parameter', accepts: parametersOf(properties) });
    if (errors.length === MAX_STRAY_FIELDS) break;
  }
  const read = inputs.map((input) => readOne(input, args as Values, properties, errors));
  if (errors.length > 0) throw invalid(subject, errors);
  return read;
}

function readOne(
  { type, fields }: InputClass,
  args: Values,
  properties: Properties,
  errors: FieldError[],
): object {
  const instance = new type() as Values;
  for (const { name, read, check } of fields) {
    const sent = Object.hasOwn(args, name) ? args[name] : undefined;
    const value = read(sent);
    instance[name] = value;
    const wrong = check(value);
    if (wrong === undefined) continue;
    const message = (sent ?? undefined) === undefined ? 'is required' : wrong;
    errors.push({
      field: name,
      message,
      accepts: properties[name] && acceptedBy(properties[name]),
    });
  }
  return instance;
}

function parametersOf(properties: Properties): string {
  const declared = Object.keys(properties);
  return declared.length > 0 ? `the parameters ${declared.join(', ')}` : 'no parameters';
}

function invalid(subject: string, errors: FieldError[]): ToolError {
  const lines = errors.map(({ field, message, accepts }) =>
    [field && `"${field}"`, message, accepts && `(accepts ${accepts})`].filter(Boolean).join(' '),
  );
  return new ToolError('invalid_input', `${subject}: ${lines.join('; ')}.`, { errors });
}
