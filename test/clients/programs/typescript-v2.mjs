import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { textIn, walk } from './steps.mjs';

await walk(async ({ url, headers }) => {
  const client = new Client(
    { name: 'clients', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }),
  );
  return {
    protocol: client.getNegotiatedProtocolVersion(),
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args, { onProgress, signal } = {}) =>
      textIn(await client.callTool({ name, arguments: args }, { onprogress: onProgress, signal })),
  };
});
