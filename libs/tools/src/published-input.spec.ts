import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { IntField, TextField } from './fields.decorator.js';
import { inputClass } from './input-schema.js';
import { PublishedInput } from './published-input.js';
import { SharedField } from './shared-field.js';

class GreetDto {
  @IntField({ description: 'How often.', default: 1 })
  times!: number;
}

class PlaceDto {
  @TextField({ description: 'Where.', format: 'free', optional: true })
  place?: string;
}

class PlaceField extends SharedField {
  offered: Type<object> | undefined;

  input(): Type<object> | undefined {
    return this.offered;
  }
}

describe(PublishedInput.name, () => {
  it('follows the parameters that a tool shares with others', () => {
    const field = new PlaceField();
    const published = new PublishedInput('greet', inputClass(GreetDto), [field]);
    const { inputSchema } = published;
    expect(Object.keys(inputSchema.properties)).toEqual(['times']);
    expect(published.inputSchema).toBe(inputSchema);
    field.offered = PlaceDto;
    expect(Object.keys(published.inputSchema.properties)).toEqual(['times', 'place']);
    expect(published.sharedInputs.map(({ type }) => type)).toEqual([PlaceDto]);
    field.offered = undefined;
    expect(published.inputSchema).toEqual(inputSchema);
  });
});
