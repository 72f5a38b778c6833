import { Injectable } from '@nestjs/common';
import { Policies } from '#access';
import { cutName, ToolError, ToolRegistry, type Principal, type ToolDefinition } from '#tools';
import { categoryName } from '../category-aliases.js';
import type { ListToolsDto } from './dto/list-tools.dto.js';

/** Finds tools by category and name. */
@Injectable()
export class ToolCatalog {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly policies: Policies,
  ) {}

  categories(): string[] {
    return this.registry.categories().map(({ name }) => name);
  }

  /**
   * The tools that a principal may use.
   * @throws ToolError `not_found` for an unknown category
   */
  find({ category, tag, read_only, q }: ListToolsDto, principal: Principal): ToolDefinition[] {
    const wanted = category && this.category(category);
    const text = q?.toLowerCase();
    return this.registry
      .list()
      .filter(
        (tool) =>
          (!wanted || tool.category === wanted) &&
          (!tag || tool.tags.includes(tag)) &&
          this.policies.mayUse(principal, tool) &&
          (read_only === undefined || tool.annotations.readOnlyHint === read_only) &&
          (!text ||
            `${tool.name}\n${tool.title}\n${tool.description}`.toLowerCase().includes(text)),
      );
  }

  /** @throws ToolError `not_found` for an unknown category, and for a tool that is not in it */
  get(category: string, name: string): ToolDefinition {
    const wanted = this.category(category);
    const tool = this.registry.get(name);
    if (tool.category === wanted) return tool;
    throw new ToolError(
      'not_found',
      `The tool "${name}" is in the category "${tool.category}", not in "${wanted}".`,
    );
  }

  private category(given: string): string {
    const name = categoryName(given);
    if (this.categories().includes(name)) return name;
    throw new ToolError(
      'not_found',
      `There is no category "${cutName(given)}". There are: ${this.categories().join(', ')}.`,
    );
  }
}
