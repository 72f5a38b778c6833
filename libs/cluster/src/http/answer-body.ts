import { Pieces } from '#base';
import type { HeldBytes, ReadBudget } from './read-budget.js';
import { TOO_LARGE } from './transport-error.js';

/**
 * Pieces of an answer, which each cost time of the event loop. API servers send some kilobytes with
 * each; an answer of the largest size has fewer than this even where it comes in pieces of 1 kB.
 */
const MAX_PIECES = 20_000;

/** The body of one answer while it is read, within the bounds of one and of all together. */
export class AnswerBody {
  private readonly pieces = new Pieces();
  private readonly held: HeldBytes;
  private count = 0;

  /** @param maxBytes bytes after which the answer is given up */
  constructor(
    private readonly budget: ReadBudget,
    context: string,
    private readonly maxBytes: number,
  ) {
    this.held = budget.open(context);
  }

  /** Takes the next piece. @returns why the answer has to be given up, if it has to */
  add(piece: Uint8Array): Error | undefined {
    this.pieces.add(piece);
    this.count += 1;
    const { size } = this.pieces;
    if (size > this.maxBytes || this.count > MAX_PIECES) {
      return Object.assign(new Error('Too large.'), { code: TOO_LARGE });
    }
    return this.held.growTo(size) ? undefined : this.budget.refusal();
  }

  /** All of it. */
  whole(): Buffer {
    return this.pieces.whole();
  }

  /** To be called once the answer is read or given up. */
  release(): void {
    this.held.release();
  }
}
