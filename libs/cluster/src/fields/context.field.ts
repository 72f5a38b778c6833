import { Injectable, type Type } from '@nestjs/common';
import { SharedField, TextField, type Lane, type ToolCall } from '#tools';
import { Clusters } from '../clusters.js';

/** The parameter `context`, which every tool has if there is more than one cluster. */
@Injectable()
export class ContextField extends SharedField {
  constructor(private readonly clusters: Clusters) {
    super();
  }

  input(): Type<object> | undefined {
    const { names, defaultName } = this.clusters;
    if (names.length < 2) return undefined;
    const usual = defaultName === undefined ? '' : ` Default: ${defaultName}.`;
    const description = `The cluster to use, by its kubeconfig context.${usual}`;

    class ContextDto {
      @TextField({
        description,
        obvious: true,
        format: 'free',
        values: names,
        optional: defaultName !== undefined,
      })
      context?: string;
    }
    return ContextDto;
  }

  /** Calls to one cluster share a lane. */
  override laneOf({ context }: ToolCall['shared']): Lane | undefined {
    return this.clusters.laneOf(context as string | undefined);
  }
}
