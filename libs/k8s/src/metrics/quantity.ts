import { quantity } from '#cluster';

/** Thousandths of a CPU, rounded up, as kubectl shows CPU. */
export function milliCpu(text: string): number {
  // First rounds to the precision of a quantity, so that 0.1 + 0.2 does not exceed 0.3.
  return Math.ceil(Number((quantity(text) * 1e3).toFixed(6)));
}

/** Whole mebibytes, rounded down, as kubectl shows memory. */
export function mebibytes(text: string): number {
  return Math.floor(quantity(text) / 2 ** 20);
}
