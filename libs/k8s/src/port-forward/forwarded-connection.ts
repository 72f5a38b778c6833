import type { Socket } from 'node:net';
import { drained, type ChannelMessage, type ChannelStream } from '#cluster';

const DATA = 0;
const ERRORS = 1;
/** Each stream of a forward begins with the port that it is for (uint16). */
const PORT_BYTES = 2;
/**
 * How long a connection stays for an answer once its client has sent all it has, in milliseconds
 * without a byte.
 */
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
    // What has come from the pod is still to be written.
    socket.end(() => socket.destroy());
    await sending;
  }
}

async function sendAll(socket: Socket, channels: ChannelStream): Promise<void> {
  try {
    // The other direction goes on after the end of this one.
    const pieces = socket.iterator({ destroyOnReturn: false });
    for await (const piece of pieces) await channels.send(DATA, piece as Buffer);
    // The protocol cannot tell the pod of it, and the answer may still be on its way.
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
    // Given up by us: no failure of the pod's.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
