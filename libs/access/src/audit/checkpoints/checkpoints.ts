import { orAfter } from '#base';
import type { AuditChain } from '../audit-chain.js';
import type { ChainPoint } from '../audit-entry.js';
import type { AuditKey } from '../audit-key.js';
import { CheckpointDelivery } from './checkpoint-delivery.js';
import type { CheckpointSink } from './checkpoint-sink.js';
import { signCheckpoint, type CheckpointKind } from './checkpoint.js';

const EVERY_MS = 60_000;
/** Milliseconds that the places are waited for. What they have not taken then is tried again. */
const DELIVERY_MS = 2_000;

/** Signs how far the chain of this server has come: at its start, every minute, and at its end. */
export class Checkpoints {
  private readonly deliveries: readonly CheckpointDelivery[];
  private timer: NodeJS.Timeout | undefined;
  private signedSeq = 0;

  constructor(
    private readonly chain: AuditChain,
    private readonly signer: AuditKey,
    sinks: readonly CheckpointSink[],
  ) {
    this.deliveries = sinks.map((sink) => new CheckpointDelivery(sink));
  }

  /** Call it before the first entry: a chain that nobody has signed is not taken for ours. */
  async start(): Promise<void> {
    this.sign('start', this.chain.storedTo);
    this.timer = setInterval(() => void this.next(), EVERY_MS).unref();
    await this.deliver();
  }

  /**
   * Signs that the oldest entries of any chain are forgotten. Call it before they are removed.
   * @param last the last of them
   * @returns whether every place has it; while one has not, keep them and try again later
   */
  forget(last: ChainPoint): Promise<boolean> {
    this.sign('head', last);
    return this.deliver();
  }

  /** Closes the chain, and signs its last entry. Call it once what waits has been stored. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    this.chain.close();
    // What still waits may be stored later, by whoever finds it.
    this.sign(this.chain.isStored ? 'end' : 'running', this.chain.storedTo);
    await this.deliver();
  }

  private async next(): Promise<void> {
    const { storedTo } = this.chain;
    if (storedTo.seq > this.signedSeq) {
      this.sign('running', storedTo);
      this.signedSeq = storedTo.seq;
    }
    await this.deliver();
  }

  private sign(kind: CheckpointKind, point: ChainPoint): void {
    const checkpoint = signCheckpoint(this.signer, kind, point, new Date());
    for (const delivery of this.deliveries) delivery.add(checkpoint);
  }

  private async deliver(): Promise<boolean> {
    const delivered = Promise.all(this.deliveries.map((delivery) => delivery.deliver()));
    return (await orAfter(DELIVERY_MS, delivered))?.every(Boolean) ?? false;
  }
}
