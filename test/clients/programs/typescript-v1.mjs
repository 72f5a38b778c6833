import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { textIn, walk } from './steps.mjs';

await walk(async ({ url, headers }) => {
  const client = new Client({ name: 'clients', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport);
  return {
    protocol: transport.protocolVersion,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args, { onProgress, signal } = {}) =>
      textIn(
        await client.callTool({ name, arguments: args }, undefined, {
          onprogress: onProgress,
          signal,
        }),
      ),
  };
});
