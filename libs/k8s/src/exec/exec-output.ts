import { StringDecoder } from 'node:string_decoder';
import { Pieces } from '#base';
import type { ChannelMessage } from '#cluster';

const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;

/**
 * How a command ended, as the kubelet reports it (meta/v1 Status on the error stream of
 * remotecommand).
 */
export interface CommandEnd {
  /** Undefined if it could not run at all. */
  exitCode: number | undefined;
  /** Why it could not run, or how it ended. */
  message: string;
}

interface Status {
  status?: string;
  message?: string;
  reason?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/** One stream as text. Bytes that are not UTF-8 become U+FFFD, and `isText` is then false. */
export interface Captured {
  text: string;
  bytes: Buffer;
  isText: boolean;
}

/** Collects the output of a command, up to a number of bytes. */
export class ExecOutput {
  private readonly written: Record<number, Pieces> = {
    [STDOUT]: new Pieces(),
    [STDERR]: new Pieces(),
  };
  private readonly decoders: Record<number, StringDecoder> = {
    [STDOUT]: new StringDecoder(),
    [STDERR]: new StringDecoder(),
  };
  private readonly status: Buffer[] = [];
  private size = 0;

  constructor(private readonly maxBytes: number) {}

  /** Whether the command has written more than is kept. */
  get isCut(): boolean {
    return this.size > this.maxBytes;
  }

  /** @returns the text of the message, without a last character that is still incomplete */
  take({ channel, data }: ChannelMessage): string {
    if (channel === STATUS) this.status.push(data);
    const written = this.written[channel];
    if (!written || this.isCut) return '';
    const kept = data.subarray(0, this.maxBytes - this.size);
    written.add(kept);
    this.size += data.length;
    return this.decoders[channel]!.write(kept);
  }

  get stdout(): Captured {
    return this.captured(STDOUT);
  }

  get stderr(): Captured {
    return this.captured(STDERR);
  }

  /** How the command ended; undefined until the kubelet has reported it. */
  get end(): CommandEnd | undefined {
    if (this.status.length === 0) return undefined;
    const { status, message = '', reason, details } = readStatus(Buffer.concat(this.status));
    if (status === 'Success') return { exitCode: 0, message };
    const cause = details?.causes?.find((one) => one.reason === 'ExitCode');
    const isExit = reason === 'NonZeroExitCode' && cause?.message !== undefined;
    return { exitCode: isExit ? Number(cause.message) : undefined, message };
  }

  /** Both streams, each with its title, for the error of a failed command. */
  get text(): string {
    const streams = [
      ['stdout', this.stdout],
      ['stderr', this.stderr],
    ] as const;
    const parts = streams.map(([name, captured]) => {
      const note = captured.isText ? '' : ` (${notText(captured)})`;
      return `${name}${note}:\n${captured.text === '' ? '(nothing)' : captured.text.trimEnd()}`;
    });
    if (this.isCut) parts.push(this.cutNote);
    return parts.join('\n\n');
  }

  get cutNote(): string {
    return `[The output was cut after ${this.maxBytes} bytes, and the connection closed; the command may still be running.]`;
  }

  private captured(channel: typeof STDOUT | typeof STDERR): Captured {
    const bytes = this.written[channel]!.whole();
    try {
      // Cut output may end within a character.
      const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      return { text: strict.decode(bytes, { stream: this.isCut }), bytes, isText: true };
    } catch {
      return { text: bytes.toString('utf8'), bytes, isText: false };
    }
  }
}

/** Explains that a stream is not text. */
export function notText({ bytes }: Captured): string {
  return `${bytes.length} bytes that are not all UTF-8 text; what is not is shown as \uFFFD. To get them exactly, run the command through base64`;
}

function readStatus(bytes: Buffer): Status {
  try {
    return JSON.parse(bytes.toString()) as Status;
  } catch {
    // Older protocols report a failure as plain text.
    return { status: 'Failure', message: bytes.toString() };
  }
}
