import { Tool, ToolProvider, type ToolCall } from '#tools';
import { ChartsService } from './charts.service.js';
import { SearchRepoDto } from './search-repo.dto.js';
import { ShowValuesDto } from './show-values.dto.js';
import { HELM_WITHOUT_CLUSTER } from '../helm.category.js';
import { HelmRequirement } from '../cli/helm.requirement.js';

/** Seconds that fetching and rendering a chart may take. */
const CHART_SECONDS = 120;

/** Tools that look at charts. */
@ToolProvider(HELM_WITHOUT_CLUSTER)
export class ChartsTools {
  constructor(private readonly charts: ChartsService) {}

  @Tool({
    name: 'helm_show_values',
    title: 'Show Helm Chart Default Values',
    description: 'Shows the default values of a chart, with comments.',
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: true },
    effects: ['egress'],
    example: { chart: './cache' },
    timeLimitSeconds: CHART_SECONDS,
    requires: [HelmRequirement],
  })
  async showValues(query: ShowValuesDto, call: ToolCall): Promise<string> {
    return this.charts.showValues(query, call);
  }

  @Tool({
    name: 'helm_search_repo',
    title: 'Search Helm Repositories',
    description: 'Finds charts in the added repositories (empty keyword: all).',
    annotations: { readOnlyHint: true, destructiveHint: false },
    effects: ['egress'],
    example: { keyword: 'nginx' },
    timeLimitSeconds: CHART_SECONDS,
    requires: [HelmRequirement],
  })
  async searchRepo(query: SearchRepoDto, call: ToolCall): Promise<string> {
    return this.charts.search(query, call);
  }
}
