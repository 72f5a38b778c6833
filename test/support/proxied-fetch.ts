/**
 * The same as `fetch`. What a proxy answers for a server that is gone is a broken connection:
 * a TypeError, as `fetch` throws for one.
 */
export async function proxiedFetch(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  // The server never answers in HTML here.
  if (!response.headers.get('content-type')?.startsWith('text/html')) return response;
  await response.text();
  throw new TypeError(`The proxy answered ${response.status}.`);
}
