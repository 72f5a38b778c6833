import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { walk } from './steps.mjs';

await walk(async ({ url, headers }) => {
  let report;
  const client = new MultiServerMCPClient({
    mcpServers: { skyflo: { transport: 'http', url, headers } },
    throwOnLoadError: true,
    onProgress: (progress) => report?.(progress),
  });
  const tools = await client.getTools();
  return {
    protocol: (await client.getClient('skyflo')).transport.protocolVersion,
    list: async () => (await client.getTools()).map(({ name }) => name),
    call: async (name, args, { onProgress, signal } = {}) => {
      report = onProgress;
      const answer = await tools.find((tool) => tool.name === name).invoke(args, { signal });
      // A text, a part, or several parts.
      return [answer]
        .flat()
        .map((part) => part.text ?? part)
        .join('');
    },
  };
});
