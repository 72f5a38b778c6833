import { isDeepStrictEqual } from 'node:util';
import { Injectable, type Type } from '@nestjs/common';
import { SharedField, TextField, type Lane, type ToolCall } from '#tools';
import { Clusters } from '../clusters.js';

/** The most contexts that the schema of each tool lists. A model pays for each of these lists. */
const MOST_LISTED = 12;

/**
 * The parameter `context`, which every tool has if there is more than one cluster. Once it was
 * there it stays, so that clients that have not listed the tools again can go on using it.
 */
@Injectable()
export class ContextField extends SharedField {
  private made: Type<object> | undefined;
  private madeFor: Pick<Clusters, 'names' | 'defaultName'> | undefined;

  constructor(private readonly clusters: Clusters) {
    super();
  }

  /** The same class until there are other contexts. */
  input(): Type<object> | undefined {
    const { names, defaultName } = this.clusters;
    if (names.length < 2 && !this.made) return undefined;
    // Asked at each call, and mostly the same list.
    if (names !== this.madeFor?.names || defaultName !== this.madeFor.defaultName) {
      const isSame = isDeepStrictEqual(this.madeFor, { names, defaultName });
      this.madeFor = { names, defaultName };
      if (!isSame) this.made = contextDto(names, defaultName);
    }
    return this.made;
  }

  /** Calls to one cluster share a lane. */
  override laneOf({ context }: ToolCall['shared']): Lane | undefined {
    return this.clusters.laneOf(context as string | undefined);
  }
}

function contextDto(names: readonly string[], defaultName: string | undefined): Type<object> {
  const usual = defaultName === undefined ? '' : ` Default: ${defaultName}.`;
  const isListed = names.length > 0 && names.length <= MOST_LISTED;
  const all = names.length > MOST_LISTED ? ` One of ${names.join(', ')}.` : '';

  class ContextDto {
    @TextField({
      description: `The cluster to use, by its kubeconfig context.${usual}${all}`,
      obvious: true,
      format: 'free',
      optional: defaultName !== undefined || names.length === 0,
      ...(isListed && { values: names }),
    })
    context?: string;
  }
  return ContextDto;
}
