import { expect } from 'vitest';

/** An answer of the REST door. */
export interface RestAnswer {
  status: number;
  headers: Headers;
  body: {
    status?: unknown;
    result?: string;
    data?: unknown;
    execution_id?: string;
    code?: string;
    detail?: string;
    errors?: { field: string; message: string; accepts?: string }[];
    [key: string]: unknown;
  };
}

/** Calls a tool over REST; a category other than the name's first word is given with it. */
export async function execute(
  url: string,
  tool: string,
  args: Record<string, unknown>,
  { category = 'k8s', base = '/engine/v1', query = '' } = {},
): Promise<RestAnswer> {
  return send(`${url}${base}/tools/${category}/${tool}/execute${query}`, JSON.stringify(args));
}

/** Posts a body as it is. */
export async function send(
  url: string,
  body: string | undefined,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<RestAnswer> {
  const response = await fetch(url, { method: 'POST', headers, body });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as RestAnswer['body'],
  };
}

/** The text of an answer that must be a success. */
export function textOf({ status, body }: RestAnswer): string {
  expect([status, body.detail]).toEqual([200, undefined]);
  return body.result ?? '';
}
