/** The URL path of the pods of a namespace, or of one pod. */
export function podPath(namespace: string, name?: string): string {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  return name === undefined ? pods : `${pods}/${encodeURIComponent(name)}`;
}
