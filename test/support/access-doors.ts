import { execFileSync } from 'node:child_process';
import { bearer, CLIENTS } from './mcp-clients.js';
import { categoryOf } from './rest.js';
import { SERVER_BIN, type RunningServer } from './server-process.js';

/** A door of a server, as a principal has it. */
export interface AccessDoor {
  /** The names of the tools that it may use. */
  list(): Promise<string[]>;
  /** Calls a tool. @returns the code of its failure, if it fails, and what it says */
  call(tool: string, args: Record<string, unknown>): Promise<{ code?: string; text: string }>;
  close(): Promise<void>;
}

/** How a principal gets in. */
export interface Entry {
  server: RunningServer;
  /** Its key or token. */
  token: string;
  /** The settings of the server, for a client that starts one of its own. */
  env: Record<string, string>;
}

/** Makes an API key with the settings of a server. */
export function newKey(
  settings: Record<string, string>,
  principal: string,
  options: readonly string[],
): string {
  const args = ['key', 'new', '--principal', principal.replaceAll(' ', '-'), ...options];
  const env = { ...process.env, ...settings, KUBECONFIG: 'none' };
  return execFileSync(SERVER_BIN, args, { env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** The doors through which a credential is shown. */
export const ACCESS_DOORS: Record<string, (entry: Entry) => Promise<AccessDoor>> = {
  REST: restDoor,
  ...mcpDoors((kind) => !kind.endsWith('stdio')),
};

/** The doors for the user of this machine, who needs no credential. */
export const LOCAL_DOORS = mcpDoors((kind) => kind.endsWith('stdio'));

async function restDoor({ server, token }: Entry): Promise<AccessDoor> {
  const headers = { 'content-type': 'application/json', ...bearer(token) };
  const tools = `${server.url}/engine/v1/tools`;
  return {
    async list() {
      const answer = await fetch(tools, { headers });
      const body = (await answer.json()) as { tools: { name: string }[] };
      return body.tools.map(({ name }) => name);
    },
    async call(tool, args) {
      const path = `${tools}/${categoryOf(tool)}/${tool}/execute`;
      const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(args) });
      const { code, detail, result } = (await answer.json()) as Record<string, string>;
      return { text: detail ?? result ?? '', ...(code !== undefined && { code }) };
    },
    close: async () => undefined,
  };
}

function mcpDoors(isWanted: (kind: string) => boolean): typeof ACCESS_DOORS {
  const kinds = Object.entries(CLIENTS).filter(([kind]) => isWanted(kind));
  return Object.fromEntries(
    kinds.map(([kind, connect]) => [
      kind,
      async ({ server, token, env }) => {
        const client = await connect({ ...server, token, env });
        return {
          list: async () => (await client.listTools()).map(({ name }) => name),
          async call(tool, args) {
            const { _meta, content } = await client.call(tool, args);
            const code = _meta?.['skyflo/code'] as string | undefined;
            return { text: content[0]?.text ?? '', ...(code !== undefined && { code }) };
          },
          close: () => client.close(),
        };
      },
    ]),
  );
}
