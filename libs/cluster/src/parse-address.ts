/** The address of a server or a proxy; as with kubectl it may be given without a scheme. Null for what is none. */
export function parseAddress(text: string): URL | null {
  return URL.parse(text.includes('://') ? text : `http://${text}`);
}
