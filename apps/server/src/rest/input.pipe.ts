import type { PipeTransform, Type } from '@nestjs/common';
import { inputClass, inputSchemaOf, readInput } from '#tools';

/** Reads a query into a DTO by the same rules as a tool's parameters. */
export class InputPipe implements PipeTransform {
  private readonly input;
  private readonly properties;

  constructor(dto: Type<object>) {
    this.input = inputClass(dto);
    this.properties = inputSchemaOf(dto.name, [this.input]).properties;
  }

  /** @throws ToolError `invalid_input` */
  transform(value: unknown): object | undefined {
    return readInput('query', [this.input], this.properties, value)[0];
  }
}
