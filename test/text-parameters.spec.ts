import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ToolError, ToolInvoker, ToolRegistry, type PropertySchema } from '#tools';
import { openApp } from './support/app.js';
import { EVIL_TEXTS, isForTheTool } from './support/evil-texts.js';

/** A parameter of a tool, with those that go along with it. */
interface Parameter {
  tool: string;
  name: string;
  schema: PropertySchema;
  example: Record<string, unknown>;
}

let parameters: Parameter[];
let refusalOf: (parameter: Parameter, value: unknown) => ToolError | undefined;
let close: () => Promise<void>;

beforeAll(async () => {
  const app = await openApp();
  close = () => app.close();
  const [registry, invoker] = [app.get(ToolRegistry), app.get(ToolInvoker)];
  parameters = registry.list().flatMap(({ name: tool, example, inputSchema }) =>
    Object.entries(inputSchema.properties).map(([name, schema]) => ({
      tool,
      name,
      schema,
      example: example as Record<string, unknown>,
    })),
  );
  refusalOf = ({ tool, name, example }, value) => {
    try {
      invoker.prepare(tool, { ...example, [name]: value });
      return undefined;
    } catch (error) {
      if (error instanceof ToolError) return error;
      throw error;
    }
  };
});
afterAll(() => close());

describe('every text parameter of every tool', () => {
  const evil = EVIL_TEXTS.filter((value) => value.trim() !== '');

  it.each(evil)('refuses %j, unless that is for the tool to refuse', (value) => {
    const texts = parameters.filter(({ schema }) => schema.type === 'string');
    const refusing = texts.filter(({ schema }) => !isForTheTool(value, schema));
    expect(refusing.length).toBeGreaterThan(20);
    for (const parameter of refusing) {
      const refused = refusalOf(parameter, value);
      expect([parameter.tool, parameter.name, refused?.code]).toEqual([
        parameter.tool,
        parameter.name,
        'invalid_input',
      ]);
    }
  });
});

describe('every parameter of every tool', () => {
  it.each([{}, [], [1], { a: 1 }])('refuses a value of another type: %j', (value) => {
    for (const parameter of parameters) {
      const { code, errors } = refusalOf(parameter, value) ?? {};
      expect([parameter.tool, code, errors?.map(({ field }) => field)]).toEqual([
        parameter.tool,
        'invalid_input',
        [parameter.name],
      ]);
    }
  });
});
