interface Named {
  name?: string;
  optional?: boolean;
}

interface Volume {
  name: string;
  persistentVolumeClaim?: { claimName: string };
  ephemeral?: object;
  configMap?: Named;
  secret?: { secretName?: string; optional?: boolean };
  projected?: { sources?: { configMap?: Named; secret?: Named }[] };
}

interface Container {
  name: string;
  envFrom?: { configMapRef?: Named; secretRef?: Named }[];
  env?: { valueFrom?: { configMapKeyRef?: Named; secretKeyRef?: Named } }[];
}

/** What is read of a pod's spec of the objects that it needs. */
export interface PodReferences {
  nodeName?: string;
  serviceAccountName?: string;
  imagePullSecrets?: Named[];
  volumes?: Volume[];
  containers: Container[];
  initContainers?: Container[];
}

/** An object of its namespace that a pod cannot start without. */
export interface Reference {
  kind: 'ConfigMap' | 'Secret' | 'ServiceAccount';
  name: string;
  /** What in the pod names it. */
  by: string;
}

/** The objects that a pod names, each once. */
export function referencesOf(spec: PodReferences): Reference[] {
  const { serviceAccountName, volumes = [], containers, initContainers = [] } = spec;
  const references: Reference[] = [];
  const add = (kind: Reference['kind'], by: string, named: Named | undefined) => {
    const name = named?.name;
    if (!name || named.optional) return;
    if (references.some((one) => one.kind === kind && one.name === name)) return;
    references.push({ kind, name, by });
  };
  add('ServiceAccount', 'serviceAccountName', { name: serviceAccountName });
  for (const secret of spec.imagePullSecrets ?? []) add('Secret', 'imagePullSecrets', secret);
  for (const { name, configMap, secret, projected } of volumes) {
    const by = `volume ${name}`;
    add('ConfigMap', by, configMap);
    add('Secret', by, secret && { name: secret.secretName, optional: secret.optional });
    for (const source of projected?.sources ?? []) {
      add('ConfigMap', by, source.configMap);
      add('Secret', by, source.secret);
    }
  }
  for (const { name, envFrom = [], env = [] } of [...initContainers, ...containers]) {
    const by = `environment of container ${name}`;
    for (const { configMapRef, secretRef } of envFrom) {
      add('ConfigMap', by, configMapRef);
      add('Secret', by, secretRef);
    }
    for (const { valueFrom } of env) {
      add('ConfigMap', by, valueFrom?.configMapKeyRef);
      add('Secret', by, valueFrom?.secretKeyRef);
    }
  }
  return references;
}
