import { Clusters } from '#cluster';
import { Tool, ToolProvider, type ToolCall, type ToolResult } from '#tools';
import { K8S } from '../k8s.category.js';
import { EventsDto } from './events.dto.js';
import { readEvents } from './read-events.js';

/** The tool that reads events. */
@ToolProvider(K8S)
export class EventsTools {
  constructor(private readonly clusters: Clusters) {}

  @Tool({
    name: 'k8s_events',
    title: 'Get Kubernetes Events',
    description:
      'Lists what happened to an object or in a namespace, the newest last; equal events are one line with a count.',
    annotations: { readOnlyHint: true, destructiveHint: false },
    example: { namespace: 'shop', type: 'warning', limit: 10 },
  })
  events(query: EventsDto, call: ToolCall): Promise<ToolResult> {
    return readEvents(this.clusters.of(call), query, call);
  }
}
