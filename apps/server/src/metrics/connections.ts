import type { ServerResponse } from 'node:http';
import { gauge } from '#telemetry';

/** Sessions of MCP that are held in memory, by transport. */
export const MCP_SESSIONS = gauge({
  name: 'skyflo.mcp.sessions',
  description:
    'Sessions of MCP that are held in memory: over HTTP+SSE and stdio those that are open, over ' +
    'Streamable HTTP those with a request under way.',
  unit: '{session}',
  labels: ['transport'],
});

const OPEN_STREAMS = gauge({
  name: 'skyflo.open_streams',
  description: 'Answers that are event streams and have not ended, over REST and MCP.',
  unit: '{stream}',
  labels: [],
});

let open = 0;
OPEN_STREAMS.observe(() => [[open]]);

/** Counts an answer as a stream until it has ended, or its client is gone. */
export function countStream(response: ServerResponse): void {
  if (response.destroyed) return;
  open += 1;
  response.once('close', () => (open -= 1));
}
