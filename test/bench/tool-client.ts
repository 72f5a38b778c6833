import { Pool } from 'undici';
import { CONNECTIONS, textOf } from '../support/api.js';

/** Calls a tool over REST. Gives the answer's body; throws an Error with what a bad one says. */
export type CallTool = (tool: string, args?: object) => Promise<string>;

export interface ToolClient {
  call: CallTool;
  close: () => Promise<void>;
}

/**
 * Kept-alive connections to the tools of one category: `k8s`, `argo` or `helm`.
 * @param token the credential of the caller, where one is needed
 */
export function toolClient(url: string, category: string, token?: string): ToolClient {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const pool = new Pool(url, { connections: CONNECTIONS });
  return {
    call: async (tool, args = {}) =>
      textOf(
        await pool.request({
          method: 'POST',
          path: `/engine/v1/tools/${category}/${tool}/execute`,
          headers,
          body: JSON.stringify(args),
        }),
      ),
    close: () => pool.close(),
  };
}
