import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { BooleanField, inputClass, inputSchemaOf, IntField, NAME, TextField } from '#tools';
import { listedSchema } from './listed-schema.js';

class LogsDto {
  @TextField({ description: 'Name of the pod.', obvious: true, format: NAME })
  name!: string;

  @TextField({ description: 'Such as 5m.', format: NAME, optional: true })
  since?: string;

  @IntField({ description: '-1: all.', min: -1, max: 500, default: 50 })
  lines!: number;

  @IntField({ description: 'Revision.', obvious: true, min: 0, max: 2_147_483_647 })
  revision!: number;
}

class DryRunDto {
  @BooleanField({ description: 'Change nothing.', obvious: true, default: false })
  dry_run!: boolean;
}

function listed(own: typeof LogsDto | typeof DryRunDto, ...shared: (typeof DryRunDto)[]) {
  const [input, sharedInputs] = [inputClass(own), shared.map(inputClass)];
  const inputSchema = inputSchemaOf('demo', [input, ...sharedInputs]);
  return listedSchema({ input, sharedInputs, inputSchema });
}

describe(listedSchema.name, () => {
  it('leaves out patterns, limits that say nothing and obvious descriptions', () => {
    expect(listed(LogsDto, DryRunDto)).toStrictEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        since: { type: 'string', description: 'Such as 5m.' },
        lines: {
          type: 'integer',
          description: '-1: all.',
          minimum: -1,
          maximum: 500,
          default: 50,
        },
        revision: { type: 'integer' },
        dry_run: { type: 'boolean', default: false },
      },
      required: ['name', 'revision'],
    });
  });

  it('names no required parameters where there are none', () => {
    expect(listed(DryRunDto)).not.toHaveProperty('required');
  });
});
