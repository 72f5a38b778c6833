import { createMCPClient } from '@ai-sdk/mcp';
import { textIn, walk } from './steps.mjs';

await walk(async ({ url, headers }) => {
  const client = await createMCPClient({ transport: { type: 'http', url, headers } });
  const tools = await client.tools();
  return {
    protocol: client.protocolVersion,
    lacks: ['progress'],
    list: async () => Object.keys(await client.tools()),
    call: async (name, args, { signal } = {}) =>
      textIn(
        await tools[name].execute(args, { toolCallId: '1', messages: [], abortSignal: signal }),
      ),
  };
});
