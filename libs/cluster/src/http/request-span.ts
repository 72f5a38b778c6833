import { Readable } from 'node:stream';
import { ToolError, type TraceSpan } from '#tools';
import type { ApiRequest } from '../gate/api-request.js';
import { callScope } from '../gate/gate-call.js';
import type { ProgramAnswer } from '../gate/upstream.js';
import type { RequestOptions } from './request-options.js';

/** The API server that requests go to. */
export interface RequestTarget {
  /** The name of the kubeconfig context. */
  readonly context: string;
  readonly server: URL;
}

/** The span of one request to an API server. */
export class RequestSpan {
  private resends = 0;
  private latest: number | undefined;

  private constructor(private readonly span: TraceSpan) {}

  /**
   * Undefined where no traces are made, and for requests that belong to no call.
   * @param asked what the gate has read of the request
   */
  static begin(
    { context, server }: RequestTarget,
    path: string,
    asked: ApiRequest,
    { method = 'GET' }: Pick<RequestOptions, 'method'>,
  ): RequestSpan | undefined {
    const parent = callScope.getStore()?.origin?.span;
    if (!parent) return undefined;
    const template = templateOf(asked);
    const span = parent.begin(`${method} ${template}`, 'client', {
      'http.request.method': method,
      'server.address': server.hostname,
      'server.port': Number(server.port) || (server.protocol === 'https:' ? 443 : 80),
      'url.scheme': server.protocol.slice(0, -1),
      'url.path': shownPath(path),
      'url.template': template,
      'skyflo.k8s.context': context,
      'skyflo.k8s.verb': asked.verb,
      'skyflo.k8s.group': asked.group || undefined,
      'skyflo.k8s.resource': asked.resource || undefined,
      'skyflo.k8s.subresource': asked.subresource || undefined,
      'k8s.namespace.name': asked.namespace || undefined,
    });
    return new RequestSpan(span);
  }

  /** By which the API server joins the trace. */
  get headers(): Readonly<Record<string, string>> {
    return this.span.headers;
  }

  /** Says that the answer is that of a request which another caller made at the same time. */
  share(): void {
    this.span.note({ 'skyflo.request.shared': true });
  }

  /** Says that the request goes out once more. */
  resend(reason: string, pauseMs = 0): void {
    this.resends += 1;
    this.span.note({ 'http.request.resend_count': this.resends });
    this.span.event('resend', { reason, 'skyflo.pause_ms': pauseMs });
  }

  /** Notes the status of an answer, which need not be the last one. */
  status(status: number): void {
    this.latest = status;
    this.span.note({ 'http.response.status_code': status });
  }

  /** Ends it with its answer, as soon as all of that is read. */
  endWith({ status, body }: Pick<ProgramAnswer, 'status' | 'body'>): void {
    this.status(status);
    if (body instanceof Readable) body.once('close', () => this.end());
    else this.end();
  }

  /** @param error where there was no answer, or one that is told as an error */
  end(error?: unknown): void {
    const { latest = 0 } = this;
    if (latest >= 400) this.span.end(String(latest));
    else if (error === undefined) this.span.end();
    else this.span.end(error instanceof ToolError ? error.code : 'internal');
  }
}

/** The path without what follows a proxy, which belongs to whoever is behind it. */
function shownPath(path: string): string {
  return path.replace(/\?.*$/s, '').replace(/(\/proxy)\/.*$/s, '$1');
}

/** The path with placeholders for what names one object. */
function templateOf({ group, version, resource, subresource, ...rest }: ApiRequest): string {
  const { namespace, path, verb } = rest;
  if (resource === '') return `/${path.split('/').slice(1, 3).join('/')}`;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const place = namespace === '' || resource === 'namespaces' ? '' : '/namespaces/{namespace}';
  const isOne = !['list', 'watch', 'deletecollection'].includes(verb);
  const name = isOne && (verb !== 'create' || subresource !== '') ? '/{name}' : '';
  return `${root}${place}/${resource}${name}${subresource === '' ? '' : `/${subresource}`}`;
}
