/** A figure of the fault bench: one row of its table. */
export interface FaultRow {
  /** What fails, and beside what load. */
  fault: string;
  /** What was measured, with its unit. */
  figure: string;
  /** Milliseconds that bringing it about took. */
  tookMs?: number;
}
