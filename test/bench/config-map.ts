/** A ConfigMap of one value. */
export function configMap(namespace: string, name: string, value: string) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } };
}
