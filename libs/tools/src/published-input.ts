import type { Type } from '@nestjs/common';
import { inputClass, inputSchemaOf, type InputClass, type InputSchema } from './input-schema.js';
import type { SharedField } from './shared-field.js';

/** The parameters of a tool. Those that it shares with others may change while the server runs. */
export class PublishedInput {
  private types: readonly Type<object>[];
  private shared!: readonly InputClass[];
  private schema!: InputSchema;

  /** @throws Error as `inputSchemaOf` */
  constructor(
    private readonly tool: string,
    private readonly own: InputClass,
    private readonly fields: readonly SharedField[],
  ) {
    this.types = this.present();
    this.publish();
  }

  /** The DTO classes of the shared parameters. */
  get sharedInputs(): readonly InputClass[] {
    this.refresh();
    return this.shared;
  }

  /** The schema of all parameters: the same object until they change. */
  get inputSchema(): InputSchema {
    this.refresh();
    return this.schema;
  }

  private refresh(): void {
    const types = this.present();
    const isSame =
      types.length === this.types.length && types.every((type, at) => type === this.types[at]);
    if (isSame) return;
    this.types = types;
    this.publish();
  }

  private present(): Type<object>[] {
    return this.fields.flatMap((field) => field.input() ?? []);
  }

  private publish(): void {
    this.shared = this.types.map(inputClass);
    this.schema = inputSchemaOf(this.tool, [this.own, ...this.shared]);
  }
}
