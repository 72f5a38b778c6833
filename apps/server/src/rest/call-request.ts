import type { FastifyRequest } from 'fastify';
import type { CallRequest } from '#telemetry';
import type { ToolErrorCode } from '#tools';
import { requestIdOf } from '../http/request-id.js';
import { STATUS_OF } from './problem.filter.js';

/**
 * A call over REST as traces show it, by the semantic conventions of OpenTelemetry for HTTP. Its
 * route is that of its tool, as in the OpenAPI document.
 * @param status the HTTP status of an answer that does not wait for the end of the call
 */
export function callRequestOf(
  { raw, method, routeOptions }: FastifyRequest,
  status: number | undefined,
): CallRequest {
  return {
    id: requestIdOf(raw),
    carriers: [raw.headers],
    describe: (tool) => {
      const { url = '' } = routeOptions;
      const route = tool
        ? url.replace(':category', tool.category).replace(':tool', tool.name)
        : url.replace(':category', '{category}').replace(':tool', '{tool}');
      return {
        name: `${method} ${route}`,
        facts: {
          'http.request.method': method,
          'http.route': route,
          'network.transport': 'tcp',
          'network.protocol.name': 'http',
          'network.protocol.version': raw.httpVersion,
          'skyflo.door': 'rest',
        },
      };
    },
    ended: (code) => ({
      facts: {
        'http.response.status_code':
          status ?? (code === undefined ? 200 : STATUS_OF[code as ToolErrorCode]),
      },
      ...(code !== undefined && { errorType: code }),
    }),
  };
}
