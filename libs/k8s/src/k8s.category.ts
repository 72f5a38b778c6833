import { ContextField } from '#cluster';

/** The category of all tools of this lib. */
export const K8S = {
  name: 'k8s',
  description: 'Kubernetes: look at a cluster and operate it',
  sharedFields: [ContextField],
};
