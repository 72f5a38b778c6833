import type { Type } from '@nestjs/common';
import { generateSchema } from '@nestjs/swagger';
import { inputFields, type InputField } from './input-fields.js';

/**
 * The keywords that a published schema may use: those that every model's tool calling understands.
 */
const ALLOWED_WORDS = new Set([
  'type',
  'properties',
  'required',
  'additionalProperties',
  'description',
  'enum',
  'anyOf',
  'default',
  'items',
  'minimum',
  'maximum',
  'pattern',
]);

export interface PropertySchema {
  type: 'string' | 'integer' | 'boolean';
  description: string;
  enum?: string[];
  default?: string | number | boolean;
  minimum?: number;
  maximum?: number;
  pattern?: string;
}

/** The JSON Schema of a tool's parameters (JSON Schema 2020-12, in the words above only). */
export interface InputSchema {
  type: 'object';
  properties: Record<string, PropertySchema>;
  required?: string[];
  additionalProperties: false;
}

/** A DTO class and the fields that it declares. */
export interface InputClass {
  readonly type: Type<object>;
  readonly fields: readonly InputField[];
}

/** Reads a DTO class's fields. */
export function inputClass(type: Type<object>): InputClass {
  const names = Object.keys(generateSchema(type).schema.properties ?? {});
  return { type, fields: inputFields(type, names) };
}

/**
 * The schema of the parameters that some DTO classes declare together, in the order of their
 * declaration.
 * @throws Error naming the tool and the keyword, when a field uses one that clients may not
 * understand, or has no description
 */
export function inputSchemaOf(tool: string, inputs: readonly InputClass[]): InputSchema {
  const properties: Record<string, PropertySchema> = {};
  const required: string[] = [];
  for (const { type } of inputs) {
    const { schema } = generateSchema(type);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (name in properties)
        throw new Error(`Tool ${tool} declares the parameter "${name}" twice.`);
      checkProperty(tool, name, property);
      properties[name] = property;
    }
    required.push(...(schema.required ?? []));
  }
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function checkProperty(
  tool: string,
  name: string,
  property: object,
): asserts property is PropertySchema {
  const stray = Object.keys(property).find((word) => !ALLOWED_WORDS.has(word));
  if (stray) {
    throw new Error(
      `Tool ${tool}, parameter "${name}": a schema may not hold "${stray}". Use the field decorators.`,
    );
  }
  if (!('description' in property) || !property.description) {
    throw new Error(`Tool ${tool}, parameter "${name}" has no description.`);
  }
}

/** What a parameter accepts, in words, for error messages. */
export function acceptedBy(property: PropertySchema): string {
  if (property.enum) return `one of ${property.enum.map((choice) => `"${choice}"`).join(', ')}`;
  if (property.type === 'integer') return `an integer${rangeOf(property)}`;
  if (property.type === 'boolean') return 'true or false';
  return property.pattern ? `text that matches ${property.pattern}` : 'text';
}

function rangeOf({ minimum, maximum }: PropertySchema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}
