import { isRecord, parseJson } from '#base';
import { noteSent, type Answer, type Cluster, type KubernetesObject } from '#cluster';
import type { ChartKinds } from './chart-kinds.js';
import { storedObject } from './stored-object.js';

/** A request of helm to the API server in a rehearsal. */
export interface RehearsedRequest {
  method?: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query: Record<string, string>;
  accept?: string | undefined;
  contentType?: string | undefined;
  body?: Buffer | undefined;
  signal: AbortSignal;
}

/** A write of helm, and what the API server makes of it in a dry run. */
export interface RehearsedWrite {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The object that helm has sent; undefined for a patch or a deletion. */
  sent: KubernetesObject | undefined;
  /**
   * The object after the write; undefined if it would be gone, or if the write was refused or not
   * tried.
   */
  result: KubernetesObject | undefined;
  /** Why the API server refuses it. */
  refusal?: string;
  /** Why it was not tried: an admission webhook does not support dry runs. */
  untried?: string;
}

/**
 * The API server takes the options of a deletion from its body, if it has one, and then ignores
 * those in the query.
 */
const DRY_DELETION = Buffer.from(
  JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', dryRun: ['All'] }),
);

/** The answer to a write of a kind that the API server does not know yet. */
const CREATED: Answer = { status: 201, headers: {}, body: Buffer.alloc(0) };

const NO_DRY_RUN = /does not support dry run/;

/**
 * Passes on helm's reads and turns its writes into dry runs. What helm has created exists for its
 * later requests.
 */
export class RehearsedWrites {
  /** The last write of each object, by its path. */
  private readonly byPath = new Map<string, RehearsedWrite>();
  private readonly readPaths = new Set<string>();
  private readonly created = new Map<string, KubernetesObject>();

  constructor(
    private readonly cluster: Cluster,
    private readonly signal: AbortSignal,
    /** Kinds that helm finds in addition to those that the API server serves. */
    readonly kinds: ChartKinds,
  ) {}

  /** The writes, each with the path of its object. */
  entries(): [string, RehearsedWrite][] {
    return [...this.byPath];
  }

  /** The last write of an object. */
  of(path: string): RehearsedWrite | undefined {
    return this.byPath.get(decodeURIComponent(path));
  }

  /** Whether helm has read an object. */
  hasRead(path: string): boolean {
    return this.readPaths.has(decodeURIComponent(path));
  }

  /** Whether an object did not exist before the rehearsal. */
  isNew(path: string): boolean {
    return this.created.has(path);
  }

  async read(path: string, { query, accept }: RehearsedRequest): Promise<Answer> {
    const key = decodeURIComponent(path);
    this.readPaths.add(key);
    const answer = await this.cluster.forward(path, { query, accept, signal: this.signal });
    const known = answer.status === 404 ? this.created.get(key) : undefined;
    return known ? jsonAnswer(200, known) : this.kinds.added(path, answer);
  }

  async write(path: string, request: RehearsedRequest): Promise<Answer> {
    const { method = 'POST', contentType, body } = request;
    const answer = this.kinds.has(path) ? CREATED : await this.dryRun(path, request);
    const isWhole = method === 'POST' || method === 'PUT' || contentType?.includes('apply-patch');
    const record = body && storedObject(body);
    const document = record ?? objectIn(body);
    // The API server may quote the object in a refusal.
    if (!record) await noteSent(path, document);
    const sent = isWhole ? document : undefined;
    const key = decodeURIComponent(method === 'POST' ? `${path}/${nameOf(sent)}` : path);
    const { write, answer: told } = await this.outcome(key, path, method, sent, answer);
    this.byPath.set(key, write);
    const isNew = told.status === 201 || this.created.has(key);
    if (isNew && write.result) this.created.set(key, write.result);
    return told;
  }

  private dryRun(
    path: string,
    { method, query, contentType, body }: RehearsedRequest,
  ): Promise<Answer> {
    const isDeletion = method === 'DELETE';
    return this.cluster.forward(path, {
      method,
      query: { ...query, dryRun: 'All' },
      contentType: isDeletion ? 'application/json' : contentType,
      body: isDeletion ? DRY_DELETION : body,
      signal: this.signal,
    });
  }

  /** The result of a write, and the answer that helm gets. */
  private async outcome(
    key: string,
    path: string,
    method: RehearsedWrite['method'],
    sent: KubernetesObject | undefined,
    answer: Answer,
  ): Promise<{ write: RehearsedWrite; answer: Answer }> {
    if (answer === CREATED) {
      return { write: { method, sent, result: sent }, answer: jsonAnswer(201, sent ?? {}) };
    }
    if (answer.status < 400) {
      const result = method === 'DELETE' ? undefined : objectIn(answer.body);
      return { write: { method, sent, result }, answer };
    }
    const refusal = messageOf(answer);
    const known = this.created.get(key);
    if (answer.status === 404 && known) {
      const result = method === 'DELETE' ? undefined : (sent ?? known);
      return { write: { method, sent, result }, answer: jsonAnswer(200, result ?? known) };
    }
    if (sent && this.lacksCreated(refusal)) {
      return { write: { method, sent, result: sent }, answer: jsonAnswer(201, sent) };
    }
    if (NO_DRY_RUN.test(refusal)) {
      const live = sent ?? objectIn((await this.read(path, noQuery(this.signal))).body) ?? {};
      const write = { method, sent, result: undefined, untried: refusal };
      return { write, answer: jsonAnswer(200, live) };
    }
    return { write: { method, sent, result: undefined, refusal }, answer };
  }

  /**
   * Whether a write is refused only because something that helm created earlier in the rehearsal
   * does not really exist.
   */
  private lacksCreated(refusal: string): boolean {
    return [...this.created.values()].some(({ metadata }) => {
      const name = metadata?.name ?? '';
      return refusal.includes(`"${name}" not found`) || refusal.includes(`name ${name} was found`);
    });
  }
}

function noQuery(signal: AbortSignal): RehearsedRequest {
  return { query: {}, signal };
}

function objectIn(body: Buffer | undefined): KubernetesObject | undefined {
  try {
    const value = parseJson(body?.toString() ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(object: KubernetesObject | undefined): string {
  return object?.metadata?.name ?? '';
}

function messageOf({ status, body }: Answer): string {
  const message = objectIn(body)?.['message'];
  return typeof message === 'string' ? message : `The API server answered with HTTP ${status}.`;
}

function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  };
}
