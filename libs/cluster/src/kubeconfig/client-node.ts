/**
 * What is used of the Kubernetes client. It takes half a second to load as a whole, so it is
 * imported when it is needed, and bundled as a file of its own without the rest.
 */
export { KubeConfig } from '@kubernetes/client-node';
