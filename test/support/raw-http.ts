import { request, type IncomingHttpHeaders } from 'node:http';

/** Sends any header, which fetch does not; the answer's body is parsed where it is JSON. */
export function send(
  url: string,
  body: string,
  headers: IncomingHttpHeaders = {},
  method = 'POST',
): Promise<{ status: number; body: unknown; text: string }> {
  const all = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...headers,
  };
  return new Promise((resolve, reject) => {
    request(url, { method, headers: all }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const isJson = String(response.headers['content-type']).includes('json');
        resolve({ status: response.statusCode ?? 0, text, body: isJson ? JSON.parse(text) : text });
      });
    })
      .on('error', reject)
      .end(body);
  });
}

interface SseStream {
  /** Where to post messages. */
  postUrl: string;
  /** What has come so far. */
  text: () => string;
  close: () => void;
}

/** Opens an event stream of the HTTP+SSE transport. */
export async function openSse(url: string, query = ''): Promise<SseStream> {
  const abort = new AbortController();
  const response = await fetch(`${url}/sse${query}`, { signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const read = async () => {
    const chunk = await reader?.read();
    text += chunk?.value ?? '';
    return !chunk?.done;
  };
  await read();
  const path = /data: (\S+)/.exec(text)?.[1] ?? '';
  const rest = async () => {
    while (await read());
  };
  void rest().catch(() => undefined);
  return { postUrl: url + path, text: () => text, close: () => abort.abort() };
}
