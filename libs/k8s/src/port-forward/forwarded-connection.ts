import type { Socket } from 'node:net';
import { drained, type ChannelMessage, type ChannelStream } from '#cluster';

const DATA = 0;
const ERRORS = 1;
/** Each stream of a forward begins with its port number (uint16). */
const PORT_BYTES = 2;
/** Milliseconds without a byte after which a connection ends whose client has finished sending. */
const HALF_CLOSED_MS = 10_000;

/**
 * Carries one local connection over one WebSocket (the kubelet's port forward by channel.k8s.io),
 * until either side has ended.
 * @throws Error with what the kubelet says went wrong
 */
export async function carry(socket: Socket, channels: ChannelStream): Promise<void> {
  const giveUp = () => channels.destroy();
  socket.once('close', giveUp);
  if (socket.destroyed) giveUp();
  const sending = sendAll(socket, channels);
  try {
    await receiveAll(socket, channels);
  } finally {
    channels.destroy();
    // Writes the rest of what the pod has sent.
    socket.end(() => socket.destroy());
    await sending;
  }
}

async function sendAll(socket: Socket, channels: ChannelStream): Promise<void> {
  try {
    // The other direction continues after the end of this one.
    const pieces = socket.iterator({ destroyOnReturn: false });
    for await (const piece of pieces) await channels.send(DATA, piece as Buffer);
    // The protocol cannot signal this end to the pod, and the answer may still be on its way.
    socket.setTimeout(HALF_CLOSED_MS, () => channels.destroy());
  } catch {
    channels.destroy();
  }
}

async function receiveAll(socket: Socket, channels: ChannelStream): Promise<void> {
  const begun = new Set<number>();
  try {
    for await (const { channel, data } of channels as AsyncIterable<ChannelMessage>) {
      const bytes = begun.has(channel) ? data : data.subarray(PORT_BYTES);
      begun.add(channel);
      if (bytes.length === 0) continue;
      if (channel === ERRORS) throw new Error(bytes.toString().trim());
      if (channel === DATA && !socket.write(bytes)) await drained(socket);
    }
  } catch (error) {
    // This side has closed the connection: not a failure of the pod.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
