/** A client that nobody here wrote, and the program in `programs/` that takes it along. */
export interface Client {
  name: string;
  /** Its ending says in which language it is. */
  program: string;
  /** As the registry of that language has it. */
  package: string;
  version: string;
}

/** The clients of the table in docs/clients.md. */
export const CLIENTS: readonly Client[] = [
  {
    name: 'MCP Inspector (command line)',
    program: 'inspector.mjs',
    package: '@modelcontextprotocol/inspector',
    version: '2.12.0',
  },
  {
    name: 'TypeScript SDK 2',
    program: 'typescript-v2.mjs',
    package: '@modelcontextprotocol/client',
    version: '2.4.0',
  },
  {
    name: 'TypeScript SDK 1',
    program: 'typescript-v1.mjs',
    package: '@modelcontextprotocol/sdk',
    version: '1.32.2',
  },
  { name: 'Python SDK 2', program: 'python-v2.py', package: 'mcp', version: '2.3.0' },
  { name: 'Python SDK 1', program: 'python-v1.py', package: 'mcp', version: '1.30.0' },
  {
    name: 'Go SDK',
    program: 'go-sdk.go',
    package: 'github.com/modelcontextprotocol/go-sdk',
    version: '1.8.0',
  },
  { name: 'FastMCP', program: 'fastmcp-client.py', package: 'fastmcp', version: '4.2.3' },
  {
    name: 'LangChain (Python)',
    program: 'langchain-py.py',
    package: 'langchain-mcp-adapters',
    version: '0.3.2',
  },
  {
    name: 'LangChain (JavaScript)',
    program: 'langchain-js.mjs',
    package: '@langchain/mcp-adapters',
    version: '1.1.4',
  },
  { name: 'Vercel AI SDK', program: 'ai-sdk.mjs', package: '@ai-sdk/mcp', version: '2.0.99' },
  {
    name: 'OpenAI Agents (Python)',
    program: 'openai-agents-py.py',
    package: 'openai-agents',
    version: '0.24.0',
  },
  {
    name: 'OpenAI Agents (JavaScript)',
    program: 'openai-agents-js.mjs',
    package: '@openai/agents',
    version: '0.20.0',
  },
];
