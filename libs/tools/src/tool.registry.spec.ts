import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiProperty } from '@nestjs/swagger';
import { describe, expect, it } from 'vitest';
import { IntField, TextField } from './fields.decorator.js';
import { NAME } from './text-format.js';
import { Tool, ToolProvider, type ToolOptions } from './tool.decorator.js';
import { ToolRegistry } from './tool.registry.js';
import { ToolsModule } from './tools.module.js';

class GreetDto {
  @TextField({ description: 'Whom to greet.', format: NAME })
  name!: string;

  @IntField({ description: 'How often.', min: 1, max: 3, default: 1 })
  times!: number;
}

const OPTIONS: ToolOptions = {
  name: 'demo_greet',
  title: 'Greet',
  description: 'Greets somebody.',
  annotations: { readOnlyHint: true, destructiveHint: false },
  example: { name: 'Ada' },
};

async function registryOf(...providers: (new () => object)[]): Promise<ToolRegistry> {
  @Module({ imports: [ToolsModule], providers })
  class DemoModule {}
  const app = await NestFactory.createApplicationContext(DemoModule, {
    logger: false,
    abortOnError: false,
  });
  return app.get(ToolRegistry);
}

/** A provider with one tool whose options differ from good ones. */
function providerOf(changes: object, provider: object = {}): new () => object {
  @ToolProvider({ name: 'demo', description: 'Demo', ...provider })
  class DemoTools {
    @Tool({ ...OPTIONS, ...changes })
    greet(_: GreetDto): string {
      return 'hello';
    }
  }
  return DemoTools;
}

describe(ToolRegistry.name, () => {
  it('publishes what the decorators say', async () => {
    const [tool] = (await registryOf(providerOf({ tags: ['polite'] }))).list();
    expect(tool).toMatchObject({ name: 'demo_greet', category: 'demo', tags: ['demo', 'polite'] });
    expect(tool?.inputSchema).toEqual({
      type: 'object',
      properties: {
        name: {
          type: 'string',
          description: 'Whom to greet.',
          pattern: '^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,252}$',
        },
        times: { type: 'integer', description: 'How often.', minimum: 1, maximum: 3, default: 1 },
      },
      required: ['name'],
      additionalProperties: false,
    });
  });

  it('lists in the order of the category, whatever the order of the providers', async () => {
    const own = { order: ['demo_first', 'demo_second'] };
    const guest = { order: ['demo_fifth', 'demo_fourth'], description: undefined };
    const registry = await registryOf(
      providerOf({ name: 'demo_fourth' }, guest),
      providerOf({ name: 'demo_fifth' }, guest),
      providerOf({ name: 'demo_third' }, own),
      providerOf({ name: 'demo_second' }, own),
      providerOf({ name: 'demo_first' }, own),
    );
    expect(registry.list().map(({ name }) => name)).toEqual([
      'demo_first',
      'demo_second',
      'demo_third',
      'demo_fifth',
      'demo_fourth',
    ]);
  });

  it.each([
    ['a name that is not snake_case', { name: 'Greet-Me' }, 'snake_case'],
    ['a missing title', { title: ' ' }, 'no title'],
    ['a missing description', { description: '' }, 'no description'],
    ['a missing hint', { annotations: { readOnlyHint: true } }, 'destructiveHint'],
    [
      'hints that contradict each other',
      { annotations: { readOnlyHint: true, destructiveHint: true } },
      'both',
    ],
  ])('refuses %s', async (_, changes, message) => {
    await expect(registryOf(providerOf(changes))).rejects.toThrow(message);
  });

  it('refuses a name that two tools have', async () => {
    await expect(registryOf(providerOf({}), providerOf({}))).rejects.toThrow(
      'Two tools are called demo_greet',
    );
  });

  it('refuses a tool without an input class', async () => {
    @ToolProvider({ name: 'demo', description: 'Demo' })
    class DemoTools {
      @Tool(OPTIONS)
      greet(): string {
        return 'hello';
      }
    }
    await expect(registryOf(DemoTools)).rejects.toThrow('input class');
  });

  it('refuses two input classes of one name', async () => {
    class OtherDto {
      @TextField({ description: 'Whom to greet.', format: NAME })
      name!: string;
    }
    Object.defineProperty(OtherDto, 'name', { value: 'GreetDto' });
    @ToolProvider({ name: 'demo', description: 'Demo' })
    class OtherTools {
      @Tool({ ...OPTIONS, name: 'demo_other' })
      greet(_: OtherDto): string {
        return 'hello';
      }
    }
    await expect(registryOf(providerOf({}), OtherTools)).rejects.toThrow('GreetDto');
  });

  it('refuses a field that no field decorator declares', async () => {
    class BareDto {
      @ApiProperty({ type: 'string', description: 'When.' })
      when!: string;
    }
    @ToolProvider({ name: 'demo', description: 'Demo' })
    class DemoTools {
      @Tool(OPTIONS)
      greet(_: BareDto): string {
        return 'hello';
      }
    }
    await expect(registryOf(DemoTools)).rejects.toThrow('BareDto.when');
  });

  it('refuses a schema with words that clients may not understand', async () => {
    class FormatDto {
      @ApiProperty({ format: 'date-time' })
      @TextField({ description: 'When.', format: 'free' })
      when!: string;
    }
    @ToolProvider({ name: 'demo', description: 'Demo' })
    class DemoTools {
      @Tool(OPTIONS)
      greet(_: FormatDto): string {
        return 'hello';
      }
    }
    await expect(registryOf(DemoTools)).rejects.toThrow('"format"');
  });
});
