/**
 * What is wrong with a record. `gap`: entries are missing. `order`: an entry stands in another
 * place, or twice. `change`: an entry is not what its hash was taken of. `link`: an entry does not
 * belong after the one before. `checkpoint`: an entry is not the one that was signed. `tail`:
 * entries that were signed are missing at the end. `added`: entries follow the signed end.
 * `unsigned`: no valid checkpoint knows the chain. `foreign`: a checkpoint that none of the keys
 * has signed. `unreadable`: what is no entry or no checkpoint at all.
 */
export type AuditBreakKind =
  | 'gap'
  | 'order'
  | 'change'
  | 'link'
  | 'checkpoint'
  | 'tail'
  | 'added'
  | 'unsigned'
  | 'foreign'
  | 'unreadable';

/** Most breaks that are told one by one. */
export const MAX_BREAKS = 1_000;

/** Where a record is broken. */
export interface AuditBreak {
  readonly kind: AuditBreakKind;
  readonly chain?: string;
  /** The number of the entry in its chain. */
  readonly seq?: number;
  /** A sentence for people. */
  readonly says: string;
}
