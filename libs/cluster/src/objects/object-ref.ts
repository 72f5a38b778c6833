import type { ApiResource } from '../discovery/api-resource.js';

/** One object, wherever it is; `namespace` is of no effect for kinds outside namespaces. */
export interface ObjectRef {
  resource: ApiResource;
  namespace?: string;
  name: string;
}
