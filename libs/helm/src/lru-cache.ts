/** Keeps what was used last, as much as fits. */
export class LruCache<V> {
  // A Map keeps the order of insertion: the first entry is the one that was not used for the
  // longest time.
  private readonly entries = new Map<string, { value: V; size: number }>();
  private size = 0;

  /** @param maxSize what the sizes of all values may add up to */
  constructor(private readonly maxSize: number) {}

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** A value that is larger than the whole cache is not kept. */
  set(key: string, value: V, size = 1): void {
    this.remove(key);
    if (size > this.maxSize) return;
    this.entries.set(key, { value, size });
    this.size += size;
    for (const oldest of this.entries.keys()) {
      if (this.size <= this.maxSize) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    this.size -= entry.size;
  }
}
