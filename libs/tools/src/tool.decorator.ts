import type { Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Effect } from './effect.js';
import type { SharedField } from './shared-field.js';
import type { ToolRequirement } from './tool-requirement.js';
import type { ToolAnnotations, ToolPlace } from './tool.js';

export interface ToolProviderOptions {
  /** The category of its tools: `k8s`, `argo` or `helm`. */
  name: string;
  /** The description of the category. At least one of its providers must give it. */
  description?: string;
  /**
   * The names of the tools in the order in which they are listed; others come after them. Those of
   * a provider that describes the category come first.
   */
  order?: readonly string[];
  /** Parameters that each of its tools has. */
  sharedFields?: Type<SharedField>[];
}

export interface ToolOptions {
  /** snake_case; the name that clients call. */
  name: string;
  /** A few words for people. */
  title: string;
  /** For the model: first what it does, then when to use it. */
  description: string;
  /** Read-only tools are idempotent, and no tool reaches beyond the cluster, unless said. */
  annotations: Pick<ToolAnnotations, 'readOnlyHint' | 'destructiveHint'> & Partial<ToolAnnotations>;
  /** Every effect that a call can have. `read` alone for a read-only tool, unless given. */
  effects?: readonly Effect[];
  /** Further tags. The category is always the first tag. */
  tags?: string[];
  /** Parameters of a call that works on the sandbox; shown in Swagger UI. */
  example: Record<string, unknown>;
  /** Seconds that a call may take, or how they follow from its input. 30 unless said. */
  timeLimitSeconds?: number | ((input: never) => number);
  /**
   * The kind of place that it takes while it runs, or how that follows from its input. `work`
   * unless given.
   */
  place?: ToolPlace | ((input: never) => ToolPlace);
  /** Its callers always know how long a call takes, also without `timeout_seconds`. */
  isTimed?: boolean;
  /** Parameters that it shares with other tools, in addition to those of its provider. */
  sharedFields?: Type<SharedField>[];
  requires?: Type<ToolRequirement>[];
}

/** Marks an injectable class whose `@Tool` methods are tools of one category. */
export const ToolProvider = DiscoveryService.createDecorator<ToolProviderOptions>();

/**
 * Marks a method of a tool provider as a tool. It takes its input, a class whose fields carry field
 * decorators, and optionally the `ToolCall`. It returns text, a `ToolResult`, or an async iterable
 * of pieces of text. The registry reads the input class from the type of the first parameter.
 */
export const Tool = DiscoveryService.createDecorator<ToolOptions>();
