import type { Sandbox } from '#sandbox';
import { podOf } from '../support/pod-of.js';
import { execute } from '../support/rest.js';
import { EVERYDAY_ANSWERS, OWN_NAMESPACE, type EverydayAnswer } from './everyday-answers.js';

/** An everyday answer as it came. */
export interface MeasuredAnswer extends EverydayAnswer {
  text: string;
  bytes: number;
}

type Kubectl = Sandbox['kubectl'];

/**
 * Asks a server for the everyday answers, in a namespace of their own where they write.
 * @throws Error for an answer that is no success
 */
export async function measureAnswers(url: string, kubectl: Kubectl): Promise<MeasuredAnswer[]> {
  await kubectl(['create', 'namespace', OWN_NAMESPACE]);
  try {
    const measured: MeasuredAnswer[] = [];
    for (const answer of EVERYDAY_ANSWERS) {
      const text = await textOf(url, answer, kubectl);
      measured.push({ ...answer, text, bytes: Buffer.byteLength(text) });
    }
    return measured;
  } finally {
    await kubectl(['delete', 'namespace', OWN_NAMESPACE, '--wait=false']);
  }
}

async function textOf(
  url: string,
  { what, tool, args, podOf: pod }: EverydayAnswer,
  kubectl: Kubectl,
): Promise<string> {
  const named = pod && { [pod.as]: await podOf(pod.app, (...words) => kubectl(words)) };
  const { status, body } = await execute(url, tool, { ...args, ...named });
  if (status !== 200 || body.result === undefined) {
    throw new Error(`${what}: ${tool} answers ${status} ${String(body.detail)}`);
  }
  return body.result;
}
