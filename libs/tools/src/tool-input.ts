import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { acceptedBy, type InputClass, type PropertySchema } from './input-schema.js';
import { ToolError, type FieldError } from './tool.error.js';

type Properties = Record<string, PropertySchema>;

/**
 * Reads and checks what a caller sent, into one instance of each class, with the defaults of what is not given. Nothing is taken that
 * no class declares.
 * @param subject what is called, for the message
 * @param given an object, or null or undefined for no parameters
 * @throws ToolError `invalid_input` with one entry for each wrong parameter
 */
export function readInput(
  subject: string,
  inputs: readonly InputClass[],
  properties: Properties,
  given: unknown,
): object[] {
  const args = given ?? {};
  const declared = Object.keys(properties);
  const accepts = declared.length > 0 ? `the parameters ${declared.join(', ')}` : 'no parameters';
  if (typeof args !== 'object' || Array.isArray(args)) {
    throw invalid(subject, [
      { field: '', message: 'the parameters must be a JSON object', accepts },
    ]);
  }
  const unknown = Object.keys(args)
    .filter((field) => !Object.hasOwn(properties, field))
    .map((field) => ({ field, message: 'is not a parameter', accepts }));
  const read = inputs.map((input) => readOne(input, args as Record<string, unknown>, properties));
  const errors = [...unknown, ...read.flatMap(({ wrong }) => wrong)];
  if (errors.length > 0) throw invalid(subject, errors);
  return read.map(({ instance }) => instance);
}

function readOne(
  { type, fields }: InputClass,
  args: Record<string, unknown>,
  properties: Properties,
): { instance: object; wrong: FieldError[] } {
  // class-transformer runs a field's transform only for keys that are there, and the transforms hold the defaults.
  const all = Object.fromEntries(
    fields.map((name) => [name, Object.hasOwn(args, name) ? args[name] : undefined]),
  );
  const instance = plainToInstance(type, all);
  const wrong = validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false }).map(
    ({ property, constraints = {} }) => ({
      field: property,
      message:
        (all[property] ?? undefined) === undefined
          ? 'is required'
          : Object.values(constraints).join('; '),
      accepts: properties[property] && acceptedBy(properties[property]),
    }),
  );
  return { instance, wrong };
}

function invalid(subject: string, errors: FieldError[]): ToolError {
  const lines = errors.map(({ field, message, accepts }) =>
    [field && `"${field}"`, message, accepts && `(accepts ${accepts})`].filter(Boolean).join(' '),
  );
  return new ToolError('invalid_input', `${subject}: ${lines.join('; ')}.`, { errors });
}
