import { Tool, ToolProvider, type ToolCall } from '#tools';
import { ChartsService } from './charts.service.js';
import { TemplateDto } from './template.dto.js';
import { HELM } from '../helm.category.js';
import { HelmRequirement } from '../cli/helm.requirement.js';

/** Seconds that fetching and rendering a chart may take. */
const CHART_SECONDS = 120;

/** The tool that renders charts for a cluster, without reading or changing its objects. */
@ToolProvider(HELM)
export class TemplateTools {
  constructor(private readonly charts: ChartsService) {}

  @Tool({
    name: 'helm_template',
    title: 'Render Helm Template',
    description:
      'Renders a chart, installing nothing; lookup finds nothing. For a diff use helm_upgrade with dry_run.',
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: true },
    effects: ['egress'],
    example: { release_name: 'cache', chart: './cache', values: 'replicas: 2\n' },
    timeLimitSeconds: CHART_SECONDS,
    requires: [HelmRequirement],
  })
  async template(query: TemplateDto, call: ToolCall): Promise<string> {
    return this.charts.template(query, call);
  }
}
