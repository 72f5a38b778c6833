import {
  MAX_ENTRIES,
  MAX_ENTRY_CHARS,
  MAX_RULES,
  SERVICE_ACCOUNTS,
  WHAT_FIELDS,
  WHERE_FIELDS,
  WHO_FIELDS,
  type ListField,
} from './policy-fields.js';
import { READY_POLICIES } from './ready-policies.js';

type Schema = Record<string, unknown>;

/** The JSON Schema of policy files, for editors. Only the server knows the names of tools. */
export function policySchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Policy of Skyflo MCP',
    description: 'Who may do what. A rule that denies wins, and what no rule allows is denied.',
    type: 'object',
    additionalProperties: false,
    anyOf: [{ required: ['use'] }, { required: ['rules'] }],
    properties: {
      use: ready('A ready policy for everyone, to which the rules are added.'),
      [SERVICE_ACCOUNTS.name]: listSchema(SERVICE_ACCOUNTS),
      rules: {
        description: 'The rules. Their order does not matter.',
        type: 'array',
        minItems: 1,
        maxItems: MAX_RULES,
        items: { $ref: '#/$defs/rule' },
      },
    },
    $defs: { rule: ruleSchema() },
  };
}

function ruleSchema(): Schema {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    oneOf: ['allow', 'deny', 'use'].map((field) => ({ required: [field] })),
    properties: {
      name: {
        description: 'Unique in the file. Answers and the audit name it.',
        type: 'string',
        minLength: 1,
        maxLength: MAX_ENTRY_CHARS,
      },
      who: listsSchema('Whom it is about. Everyone, if it is left out.', WHO_FIELDS),
      allow: what('What it allows.'),
      deny: what('What it denies, whatever other rules allow.'),
      use: ready('Allows what a ready policy allows.'),
      where: listsSchema('Where it holds. Everywhere, if it is left out.', WHERE_FIELDS),
    },
  };
}

function what(description: string): Schema {
  return { description, anyOf: [{ const: 'all' }, listsSchema(undefined, WHAT_FIELDS)] };
}

function ready(description: string): Schema {
  return { description, enum: READY_POLICIES };
}

function listsSchema(description: string | undefined, fields: readonly ListField[]): Schema {
  return {
    ...(description === undefined ? {} : { description }),
    type: 'object',
    additionalProperties: false,
    minProperties: 1,
    properties: Object.fromEntries(fields.map((field) => [field.name, listSchema(field)])),
  };
}

function listSchema({ description, choices, format }: ListField): Schema {
  const pattern = format && { pattern: format.pattern.source };
  return {
    description,
    type: 'array',
    minItems: 1,
    maxItems: MAX_ENTRIES,
    items: {
      type: 'string',
      maxLength: MAX_ENTRY_CHARS,
      ...pattern,
      ...(choices && { enum: choices }),
    },
  };
}
