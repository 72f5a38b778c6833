import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModuleRef } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper.js';
import { compareTexts, isRecord } from '#base';
import { cutName } from './cut-name.js';
import { inputClass } from './input-schema.js';
import { PublishedInput } from './published-input.js';
import type { Effect } from './effect.js';
import type { SharedField } from './shared-field.js';
import {
  Tool,
  ToolProvider,
  type ToolOptions,
  type ToolProviderOptions,
} from './tool.decorator.js';
import type { ToolCall, ToolDefinition } from './tool.js';
import { ToolError } from './tool.error.js';

const DEFAULT_TIME_LIMIT_SECONDS = 30;
/** The parameter by which callers set the time limit of a call. */
const TIME_PARAMETER = 'timeout_seconds';
/** The one by which they set how long a call waits after its changes. 0: not at all. */
const WAIT_PARAMETER = 'wait_seconds';
const NAME_PATTERN = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

export interface Category {
  name: string;
  description: string;
}

/** A tool, and its rank in the list of its category. */
interface RankedTool {
  tool: ToolDefinition;
  rank: number;
}

/**
 * All tools of this server, found by their decorators when it starts. A tool that cannot be
 * published (a name used twice, no description, hints or input class, a schema that clients may not
 * understand) stops the start with an error that names it.
 */
@Injectable()
export class ToolRegistry implements OnModuleInit {
  private readonly byName = new Map<string, ToolDefinition>();
  private readonly byCategory = new Map<string, Category>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly modules: ModuleRef,
  ) {}

  onModuleInit(): void {
    const found = this.discovery
      .getProviders({ metadataKey: ToolProvider.KEY })
      .flatMap((wrapper) => this.toolsOf(wrapper))
      .sort(
        (a, b) =>
          compareTexts(a.tool.category, b.tool.category) ||
          a.rank - b.rank ||
          compareTexts(a.tool.name, b.tool.name),
      );
    for (const { tool } of found) this.add(tool);
  }

  /** Every tool: by category in alphabetical order, then in the order that its providers give. */
  list(): ToolDefinition[] {
    return [...this.byName.values()];
  }

  /** The categories that have tools, in the order of `list`. */
  categories(): Category[] {
    return [...this.byCategory.values()].sort((a, b) => compareTexts(a.name, b.name));
  }

  /** Undefined for a name that no tool has. */
  find(name: string): ToolDefinition | undefined {
    return this.byName.get(name);
  }

  /** @throws ToolError `not_found` for a name that no tool has */
  get(name: string): ToolDefinition {
    const tool = this.find(name);
    if (!tool) throw new ToolError('not_found', `There is no tool "${cutName(name)}".`);
    return tool;
  }

  private add(tool: ToolDefinition): void {
    if (this.byName.has(tool.name)) throw new Error(`Two tools are called ${tool.name}.`);
    const twin = this.list().find(
      ({ input }) => input.type.name === tool.input.type.name && input.type !== tool.input.type,
    );
    if (twin) {
      throw new Error(
        `${tool.name} and ${twin.name} have two input classes of the name ${tool.input.type.name}.`,
      );
    }
    this.byName.set(tool.name, tool);
  }

  private toolsOf(wrapper: InstanceWrapper): RankedTool[] {
    const provider = this.discovery.getMetadataByDecorator(ToolProvider, wrapper);
    if (!provider) return [];
    const { name, description } = provider;
    // Providers of one category may leave its description to another.
    if (description !== undefined) this.byCategory.set(name, { name, description });
    const instance = wrapper.instance as object;
    return this.scanner
      .getAllMethodNames(Object.getPrototypeOf(instance) as object)
      .flatMap((method) => {
        const options = this.discovery.getMetadataByDecorator(Tool, wrapper, method);
        if (!options) return [];
        const tool = this.define(provider, options, instance, method);
        return [{ tool, rank: rankOf(options.name, provider) }];
      });
  }

  private define(
    provider: ToolProviderOptions,
    options: ToolOptions,
    instance: object,
    method: string,
  ): ToolDefinition {
    const { name, title, description, annotations, example } = options;
    checkOptions(options);
    const input = inputClass(inputTypeOf(name, instance, method));
    const sharedFields = [...(provider.sharedFields ?? []), ...(options.sharedFields ?? [])].map(
      (field) => this.modules.get<SharedField>(field, { strict: false }),
    );
    const published = new PublishedInput(name, input, sharedFields);
    const laneField = sharedFields.find((field) => field.laneOf !== undefined);
    const waitField = sharedFields.find((field) => field.waitSeconds !== undefined);
    const { place = 'work' } = options;
    const limit = options.timeLimitSeconds ?? DEFAULT_TIME_LIMIT_SECONDS;
    const run = Reflect.get(instance, method) as (input: object, call: ToolCall) => unknown;
    return {
      name,
      title,
      description,
      category: provider.name,
      tags: [provider.name, ...(options.tags ?? [])],
      annotations: {
        ...annotations,
        idempotentHint: annotations.idempotentHint ?? annotations.readOnlyHint,
        openWorldHint: annotations.openWorldHint ?? false,
      },
      effects: effectsOf(options),
      example,
      input,
      get sharedInputs() {
        return published.sharedInputs;
      },
      get inputSchema() {
        return published.inputSchema;
      },
      requirements: (options.requires ?? []).map((requirement) =>
        this.modules.get(requirement, { strict: false }),
      ),
      isTimed: (args) =>
        options.isTimed === true || isGiven(args, TIME_PARAMETER) || asksToWait(args),
      placeOf: (dto) => (typeof place === 'function' ? place(dto as never) : place),
      timeLimitSeconds: (dto) => (typeof limit === 'number' ? limit : limit(dto as never)),
      waitSeconds: (shared) => waitField?.waitSeconds?.(shared) ?? 0,
      laneOf: (shared) => laneField?.laneOf?.(shared),
      run: (dto, call) => run.call(instance, dto, call),
    };
  }
}

/** Whether a parameter is given. Blank text and null count as left out. */
function isGiven(args: unknown, parameter: string): boolean {
  const value = isRecord(args) ? args[parameter] : undefined;
  return typeof value === 'string' ? value.trim() !== '' : (value ?? undefined) !== undefined;
}

function asksToWait(args: unknown): boolean {
  return (
    isGiven(args, WAIT_PARAMETER) && Number((args as Record<string, unknown>)[WAIT_PARAMETER]) > 0
  );
}

/** More tools than any category has. */
const MAX_TOOLS = 1_000;

function rankOf(name: string, { order = [], description }: ToolProviderOptions): number {
  const place = order.indexOf(name);
  return (description === undefined ? MAX_TOOLS : 0) + (place < 0 ? order.length : place);
}

function checkOptions({ name, title, description, annotations }: ToolOptions): void {
  if (!NAME_PATTERN.test(name)) throw new Error(`The tool name "${name}" is not snake_case.`);
  if (!title?.trim()) throw new Error(`Tool ${name} has no title.`);
  if (!description?.trim()) throw new Error(`Tool ${name} has no description.`);
  for (const hint of ['readOnlyHint', 'destructiveHint'] as const) {
    if (typeof annotations?.[hint] !== 'boolean')
      throw new Error(`Tool ${name} does not say its ${hint}.`);
  }
  if (annotations.readOnlyHint && annotations.destructiveHint) {
    throw new Error(`Tool ${name} cannot be both read-only and destructive.`);
  }
}

/** The effects that a read-only tool may have. */
const MILD: readonly Effect[] = ['read', 'egress'];

function effectsOf({ name, annotations, effects }: ToolOptions): readonly Effect[] {
  if (annotations.readOnlyHint) {
    if (effects?.some((effect) => !MILD.includes(effect))) {
      throw new Error(
        `Tool ${name} is read-only and cannot have the effects ${effects.join(', ')}.`,
      );
    }
    return effects ?? ['read'];
  }
  if (!effects || effects.length === 0) {
    throw new Error(`Tool ${name} is not read-only and must say its effects.`);
  }
  return effects;
}

function inputTypeOf(name: string, instance: object, method: string): Type<object> {
  const types = Reflect.getMetadata('design:paramtypes', instance, method) as
    Type<object>[] | undefined;
  const input = types?.[0];
  if (
    !input ||
    [Object, String, Number, Boolean, Array].some((type) => input === (type as unknown))
  ) {
    throw new Error(`Tool ${name}: the first parameter of ${method}() must be of an input class.`);
  }
  return input;
}
