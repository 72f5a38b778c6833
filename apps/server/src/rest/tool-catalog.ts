import { Injectable } from '@nestjs/common';
import { Policies } from '#access';
import { nearestHint, nearestNames } from '#cluster';
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

  /**
   * @param principal may use the tools that stand in the error
   * @throws ToolError `not_found` for an unknown category, for an unknown tool with the nearest
   * names, and for a tool that is not in the category
   */
  get(category: string, name: string, principal: Principal): ToolDefinition {
    const wanted = this.category(category);
    const tool = this.registry.find(name);
    if (!tool) throw this.unknownTool(name, principal);
    if (tool.category === wanted) return tool;
    throw new ToolError(
      'not_found',
      `The tool "${name}" is in the category "${tool.category}", not in "${wanted}".`,
    );
  }

  private unknownTool(name: string, principal: Principal): ToolError {
    const known = this.find({}, principal).map((tool) => tool.name);
    const hint = nearestHint(nearestNames(name, known)) || ' GET /engine/v1/tools lists them.';
    return new ToolError('not_found', `There is no tool "${cutName(name)}".${hint}`);
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
