/** A map of JSON data. */
export type Entries = Record<string, unknown>;

/** Sets an entry that a text gives, whatever its key is called. */
export function setEntry(entries: Entries, key: string, value: unknown): void {
  if (key !== '__proto__') {
    entries[key] = value;
    return;
  }
  const [writable, enumerable, configurable] = [true, true, true];
  Object.defineProperty(entries, key, { value, writable, enumerable, configurable });
}

export function addEntries(entries: Entries, more: Entries): void {
  for (const key of Object.keys(more)) setEntry(entries, key, more[key]);
}

export function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
