import {
  CHANNEL_PROTOCOLS,
  apiStatusOf,
  type ChannelMessage,
  type ChannelStream,
  type Cluster,
  type LivePod,
} from '#cluster';
import { ToolError, type ToolCall, type ToolResult } from '#tools';
import { commandWords } from './command-words.js';
import type { ExecDto } from './exec.dto.js';
import { ExecOutput, notText } from './exec-output.js';
import { chooseContainer } from '../pods/choose-container.js';
import { podPath } from '../pods/pod-path.js';
import { requireRunning } from '../pods/require-running.js';

const STDIN = 0;
/** Most bytes of one message to the kubelet. */
const PIECE_BYTES = 32 * 1024;
/** Codes of a WebSocket handshake that is refused because of an unknown sub-protocol. */
const REFUSALS = new Set(['invalid_input', 'forbidden', 'upstream']);

/** A command to run in a container. */
interface Command {
  cluster: Cluster;
  namespace: string;
  pod: string;
  container: string;
  words: string[];
  stdin: string | undefined;
}

/**
 * Runs a command in a container to its end and returns its output. On cancellation or at the time
 * limit the connection is closed; Kubernetes has no way to end the process itself.
 * @throws ToolError `failed` with exit code, stdout and stderr; `precondition` with the state of a
 * container that is not running; `timeout` with the output so far
 */
export async function execCommand(
  cluster: Cluster,
  query: ExecDto,
  call: ToolCall,
): Promise<ToolResult> {
  const command = await prepare(cluster, query, call.signal);
  // Leaves room for the rest of the answer.
  const output = new ExecOutput(Math.floor(call.maxKeptChars * 0.9));
  const limit = AbortSignal.timeout(query.timeout_seconds * 1_000);
  const signal = AbortSignal.any([call.signal, limit]);
  try {
    await follow(command, output, { ...call, signal });
  } catch (error) {
    if (!limit.aborted || call.signal.aborted) throw error;
    throw timedOut(command, query.timeout_seconds, output, error);
  }
  return resultOf(command, output);
}

/** Says which command would run where, after the same checks. */
export async function previewExec(
  cluster: Cluster,
  query: ExecDto,
  call: ToolCall,
): Promise<string> {
  const { words, container, namespace, pod } = await prepare(cluster, query, call.signal);
  return `Would run ${JSON.stringify(words)} in container ${container} of pod ${namespace}/${pod} (dry run: nothing was run)`;
}

async function prepare(
  cluster: Cluster,
  { pod_name: name, namespace, container_name, command, stdin }: ExecDto,
  signal: AbortSignal,
): Promise<Command> {
  const words = commandWords(command);
  const pod = await cluster.request<LivePod>(podPath(namespace, name), { signal });
  const container = chooseContainer(pod, container_name);
  requireRunning(pod, container);
  return { cluster, namespace, pod: name, container, words, stdin };
}

/**
 * Runs the command. Emits and collects its output until it ends, the output is full, or the signal
 * aborts.
 */
async function follow(
  command: Command,
  output: ExecOutput,
  { signal, emit }: Pick<ToolCall, 'signal' | 'emit'>,
): Promise<void> {
  const channels = await open(command, signal);
  const giveUp = () => channels.destroy();
  signal.addEventListener('abort', giveUp);
  let sending: Promise<void> | undefined;
  try {
    signal.throwIfAborted();
    sending = send(channels, command.stdin);
    for await (const message of channels as AsyncIterable<ChannelMessage>) {
      const written = output.take(message);
      if (written !== '') emit(written);
      if (output.isCut || output.end) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    channels.destroy();
    // A command may end before it has read all of its input.
    await sending;
  }
}

async function open(
  { cluster, namespace, pod, container, words, stdin }: Command,
  signal: AbortSignal,
): Promise<ChannelStream> {
  const query = new URLSearchParams({
    container,
    stdout: 'true',
    stderr: 'true',
    stdin: String(stdin !== undefined),
  });
  for (const word of words) query.append('command', word);
  // Only the newest protocol can signal the end of stdin. With an older one the command would wait
  // for more input.
  const protocols = stdin === undefined ? CHANNEL_PROTOCOLS : CHANNEL_PROTOCOLS.slice(0, 1);
  const path = `${podPath(namespace, pod)}/exec?${query.toString()}`;
  try {
    return await cluster.channels(path, signal, protocols);
  } catch (error) {
    // A refusal for any other reason comes with a Status document.
    const isHandshake =
      error instanceof ToolError && REFUSALS.has(error.code) && !apiStatusOf(error);
    if (stdin === undefined || !isHandshake) throw error;
    throw new ToolError(
      'precondition',
      "This API server cannot be told where stdin ends (that needs Kubernetes 1.30). Put the input into the command: sh -c 'printf ... | ...'.",
      { cause: error },
    );
  }
}

async function send(channels: ChannelStream, stdin: string | undefined): Promise<void> {
  if (stdin === undefined) return;
  const bytes = Buffer.from(stdin);
  for (let start = 0; start < bytes.length && !channels.destroyed; start += PIECE_BYTES) {
    await channels.send(STDIN, bytes.subarray(start, start + PIECE_BYTES));
  }
  channels.endChannel(STDIN);
}

/** @throws ToolError unless the command succeeded */
function resultOf({ namespace, pod, container }: Command, output: ExecOutput): ToolResult {
  const { end, stdout, stderr, isCut } = output;
  const where = `in container ${container} of pod ${namespace}/${pod}`;
  if (!end && !isCut) {
    throw new ToolError(
      'unavailable',
      `The connection to the command ${where} broke before it ended; it may still be running.`,
      { retryable: false, output: output.text },
    );
  }
  if (end && end.exitCode === undefined) {
    throw new ToolError('failed', `The command ${where} could not be run: ${end.message}`, {
      output: output.text,
    });
  }
  if (end && end.exitCode !== 0) {
    throw new ToolError('failed', `The command ${where} ended with exit code ${end.exitCode}.`, {
      output: output.text,
    });
  }
  const parts = [stdout.text.trimEnd()];
  if (!stdout.isText) parts.push(`[stdout: ${notText(stdout)}.]`);
  if (stderr.text !== '') parts.push(`[stderr]\n${stderr.text.trimEnd()}`);
  if (isCut) parts.push(output.cutNote);
  const text = parts.filter((part) => part !== '').join('\n\n');
  return {
    output: text || 'The command ended with exit code 0 and wrote nothing.',
    data: {
      exit_code: end?.exitCode,
      stdout: stdout.text,
      stderr: stderr.text,
      ...(!stdout.isText && { stdout_base64: stdout.bytes.toString('base64') }),
    },
  };
}

function timedOut(
  { namespace, pod, container }: Command,
  seconds: number,
  output: ExecOutput,
  cause: unknown,
): ToolError {
  return new ToolError(
    'timeout',
    `The command in container ${container} of pod ${namespace}/${pod} did not end within ${seconds} s. The connection was closed; Kubernetes cannot end the process, which may still be running. Give it more timeout_seconds, or look at it with k8s_exec.`,
    { cause, output: output.text },
  );
}
