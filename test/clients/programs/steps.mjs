import { createInterface } from 'node:readline';

/**
 * Takes a client through the steps that the runner asks for, and prints a line of JSON for each.
 *
 * `open` connects to a server and gives what the client can do: `list()` gives the names of the
 * tools, and `call(tool, args, { onProgress, signal })` the text of an answer. `protocol` is the
 * version that was agreed on, and `lacks` names the steps for which the client has no means.
 */
export async function walk(open) {
  const { url, steps } = JSON.parse(process.argv[2]);
  const server = { url, headers: { authorization: `Bearer ${process.env.TOKEN}` } };
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  let client;

  /** Tells the runner what is under way, and waits until it has done its part. */
  async function runner(doing) {
    print({ step: doing });
    await lines.next();
  }

  async function take({ step, tool, args }) {
    if (client?.lacks?.includes(step)) return { lacks: true };
    switch (step) {
      case 'connect':
        client = await open(server);
        return { protocol: client.protocol };
      case 'list':
        return { tools: await client.list() };
      case 'progress': {
        const reports = [];
        const text = await client.call(tool, args, { onProgress: (one) => reports.push(one) });
        return { text, reports: reports.length };
      }
      case 'cancel': {
        const controller = new AbortController();
        const call = endOf(client.call(tool, args, { signal: controller.signal }));
        await runner('calling');
        controller.abort();
        return call;
      }
      case 'restart':
        await runner('restarting');
    }
    return { text: await client.call(tool, args) };
  }

  for (const one of steps) {
    try {
      print({ step: one.step, ...(await take(one)) });
    } catch (error) {
      print({ step: one.step, error: textOf(error) });
    }
  }
  process.exit();
}

/** The text of an answer's content. @throws Error for that of a failure */
export function textIn({ content, isError }) {
  const text = content.map((part) => part.text).join('');
  if (isError) throw new Error(text);
  return text;
}

/** A cancelled call fails in some clients, and ends in others. */
async function endOf(call) {
  return call.then((text) => ({ text })).catch(() => ({}));
}

function textOf(error) {
  return error instanceof Error ? error.message : String(error);
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
