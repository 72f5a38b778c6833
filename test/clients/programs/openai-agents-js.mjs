import { MCPServerStreamableHttp } from '@openai/agents';
import { walk } from './steps.mjs';

await walk(async ({ url, headers }) => {
  const server = new MCPServerStreamableHttp({
    url,
    requestInit: { headers },
    clientSessionTimeoutSeconds: 60,
  });
  await server.connect();
  return {
    protocol: server.underlying.session.getNegotiatedProtocolVersion(),
    lacks: ['progress'],
    list: async () => (await server.listTools()).map(({ name }) => name),
    call: async (name, args, { signal } = {}) => {
      const parts = await server.callTool(name, args, null, { signal });
      return parts.map(({ text }) => text).join('');
    },
  };
});
