import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox } from '#sandbox';
import { toolBytes, type ModelTool } from '../../support/tool-bytes.js';
import { openSession, type McpSession } from '../mcp-session.js';
import { commonAnswers } from './common-answers.js';
import type { Measured } from './subjects.js';

/** Bytes of a list of tools or of an answer, for each server; none where it has no tool for it. */
export interface AnswerBytes {
  what: string;
  bytes: (number | undefined)[];
}

interface Result {
  tools?: ModelTool[];
  content?: { text?: string }[];
}

/** After so many milliseconds the controllers have followed a change. */
const SETTLE_MS = 2_000;

/** Measures what each server's list of tools and ten common answers bring to a model. */
export async function answerBytes(
  sandbox: Sandbox,
  servers: readonly Measured[],
): Promise<AnswerBytes[]> {
  const sessions = await Promise.all(servers.map(({ running }) => openSession(running.url)));
  const rows: AnswerBytes[] = [
    { what: 'the list of tools', bytes: await Promise.all(sessions.map(listBytes)) },
  ];
  for (const { what, asks, isWrite } of await commonAnswers((args) => sandbox.kubectl(args))) {
    const bytes: (number | undefined)[] = [];
    for (const [index, session] of sessions.entries()) {
      if (isWrite) await sleep(SETTLE_MS);
      const ask = asks[index];
      bytes.push(ask && textBytes(resultIn(await session.call(ask.tool, ask.args))));
    }
    rows.push({ what, bytes });
  }
  await Promise.all(sessions.map((session) => session.close()));
  return rows;
}

async function listBytes(session: McpSession): Promise<number> {
  return toolBytes(resultIn(await session.listTools()).tools ?? []);
}

function textBytes({ content = [] }: Result): number {
  return content.reduce((sum, { text = '' }) => sum + Buffer.byteLength(text), 0);
}

/** The result in a JSON answer, or in the last message of an event stream. */
function resultIn(body: string): Result {
  const message = body.startsWith('{') ? body : (body.match(/^data: ?(\{.*)$/gm)?.at(-1) ?? '');
  const { result } = JSON.parse(message.replace(/^data: ?/, '')) as { result: Result };
  return result;
}
