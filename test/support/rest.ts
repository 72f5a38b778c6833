import { expect } from 'vitest';
import { createClient, SkyfloError, type AnyTools, type SkyfloClient } from '#client';

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

/** What is looked at of a tool as it is listed. */
export interface ListedTool {
  name: string;
  category: string;
  annotations: { readOnlyHint: boolean };
  approval_required: boolean;
  parameters: {
    name: string;
    type: string;
    aliases: string[];
    allow_null: boolean;
    required: boolean;
  }[];
}

/** Reads what is at an address. */
export async function readJson(
  url: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The category of a tool, which its path names. */
export function categoryOf(tool: string): string {
  return /^(?:argo|helm)(?=_)/.exec(tool)?.[0] ?? 'k8s';
}

/**
 * The client that users have.
 * @param retries 0: a call is sent once, as a program without the client would send it
 */
export function clientOf(url: string, retries?: number): SkyfloClient<AnyTools> {
  return createClient<AnyTools>({ baseUrl: url, retries });
}

/** How a call failed that has to fail. */
export async function refusalOf(call: Promise<unknown>): Promise<SkyfloError> {
  const error = await call.then(
    (answer) => ({ answer }),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SkyfloError);
  return error as SkyfloError;
}

/** Calls a tool over REST. */
export async function execute(
  url: string,
  tool: string,
  args: Record<string, unknown>,
  { category = categoryOf(tool), base = '/engine/v1', query = '' } = {},
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
