import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, ExecutionsApi } from './executions.js';
import type { StreamEvent } from './event-reader.js';
import { onThisMachine } from './use-executions.js';

const RETRY_MS = 50;
/** What a caller waits between two calls: the server is to be busy, not the machine. */
const PAUSE_MS = 10;
const LINES = 12;
const SCRIPT = `for i in $(seq ${LINES}); do echo $i; sleep 0.05; done`;

/** What all of it puts out. */
export const WHOLE_OUTPUT = Array.from({ length: LINES }, (_, index) => `${index + 1}\n`).join('');

/** Where writes leave a trace: a list in the cluster to which each adds its key. */
export interface Journal {
  namespace: string;
  /** The name of a PodTemplate. */
  name: string;
}

/** What callers were told, to be compared with what is remembered and what was done. */
export interface Told {
  /** Keys of writes that succeeded, with the ids of their executions. */
  written: Map<string, string>;
  /** Executions that were accepted. */
  accepted: Set<string>;
  /** Those of which the server said that they are cancelled. */
  cancelled: Set<string>;
  /** The events of executions that were followed to their end. */
  followed: Map<string, StreamEvent[]>;
  /** Answers that no call may have. */
  unexpected: string[];
  /** How many calls and streams were broken by the end of a server. */
  broken: number;
  reads: number;
}

/**
 * Callers of every kind, who come back with what they have when their server is gone.
 */
export class KillLoad {
  readonly told: Told = {
    written: new Map(),
    accepted: new Set(),
    cancelled: new Set(),
    followed: new Map(),
    unexpected: [],
    broken: 0,
    reads: 0,
  };
  private readonly end = new AbortController();
  private readonly callers: Promise<void>[];

  /** @param pick gives the server of the next call */
  constructor(
    private readonly pick: () => ExecutionsApi,
    journals: readonly Journal[],
  ) {
    this.callers = [
      ...journals.map((journal) => this.again(() => this.write(journal))),
      this.again(() => this.read()),
      this.again(() => this.cancel()),
      this.again(() => this.follow()),
      this.again(() => this.follow()),
    ];
  }

  /** Waits until another write has been told of. */
  async written(): Promise<void> {
    const before = this.told.written.size;
    while (this.told.written.size === before) await sleep(PAUSE_MS);
  }

  /** Lets each caller finish what it does, and waits for that. */
  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.callers);
  }

  private async again(act: () => Promise<void>): Promise<void> {
    while (!this.end.signal.aborted) {
      await act();
      await sleep(PAUSE_MS);
    }
  }

  /** Asks until there is an answer, of whichever server. */
  private async insist<T>(ask: (api: ExecutionsApi) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask(this.pick());
      } catch (error) {
        // What fetch says of a connection.
        if (!(error instanceof TypeError)) throw error;
        this.told.broken++;
        await sleep(RETRY_MS);
      }
    }
  }

  private async write({ namespace, name }: Journal): Promise<void> {
    const key = randomUUID();
    const patch = [{ op: 'add', path: '/template/spec/containers/0/args/-', value: key }];
    const args = {
      resource_type: 'podtemplate',
      name,
      namespace,
      patch_type: 'json',
      patch: JSON.stringify(patch),
    };
    for (;;) {
      const answer = await this.insist((api) =>
        api.run('k8s_patch', args, { 'idempotency-key': key }),
      );
      const { status, body } = answer;
      if (status === 200) {
        this.told.written.set(key, String(body['execution_id']));
        return;
      }
      if (body['retryable'] === true) continue;
      // Interrupted: nobody knows how far it came.
      if (status !== 503 || !body['execution_id']) this.refuse(answer);
      return;
    }
  }

  private async read(): Promise<void> {
    const answer = await this.insist((api) => api.run('k8s_get', { resource_type: 'namespaces' }));
    if (answer.status === 200) this.told.reads++;
    else this.refuse(answer);
  }

  private async cancel(): Promise<void> {
    const id = await this.start('wait_for_x_seconds', { seconds: 60 });
    const answer = await this.insist((api) => api.cancel(id));
    if (answer.body.status === 'cancelled') this.told.cancelled.add(id);
    else if (answer.status !== 200 && answer.status !== 409) this.refuse(answer);
  }

  private async follow(): Promise<void> {
    const id = await this.start('k8s_exec', onThisMachine(SCRIPT));
    const events: StreamEvent[] = [];
    do {
      const stream = await this.insist((api) => api.follow(id, events.at(-1)?.id));
      if (!(await stream.ended)) this.told.broken++;
      events.push(...stream.events.filter((event) => event.id !== undefined));
    } while (events.at(-1)?.event !== 'result');
    this.told.followed.set(id, events);
  }

  private async start(tool: string, args: Record<string, unknown>): Promise<string> {
    const id = await this.insist((api) => api.start(tool, args));
    this.told.accepted.add(id);
    return id;
  }

  private refuse({ status, text }: Answer<object>): void {
    this.told.unexpected.push(`${status} ${text}`);
  }
}
