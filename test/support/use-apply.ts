import type { RestAnswer } from './rest.js';
import { useNamespace, type NamespaceInUse } from './use-namespace.js';
import { useServer, type ServerInUse, type ServerOptions } from './use-server.js';

export interface ApplyInUse {
  own: NamespaceInUse;
  server: ServerInUse;
  /** Calls k8s_apply over REST, with a text or an object. */
  readonly apply: (content: string | object, more?: Record<string, unknown>) => Promise<RestAnswer>;
}

/** Makes a namespace and starts a server whose calls are about it. */
export function useApply(namespace: string, env?: ServerOptions['env']): ApplyInUse {
  const own = useNamespace(namespace);
  const server = useServer({ defaults: { namespace }, env });
  const apply: ApplyInUse['apply'] = (content, more) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return server.call('k8s_apply', { content: text, ...more });
  };
  return { own, server, apply };
}
