import { firstOf, namesThere, type Look, type Metadata } from './look.js';

interface Backend {
  service?: { name: string; port?: { name?: string; number?: number } };
}

/** What is read of an Ingress. */
export interface Ingress {
  metadata: Metadata & { namespace: string };
  spec: {
    ingressClassName?: string;
    defaultBackend?: Backend;
    tls?: { secretName?: string }[];
    rules?: { host?: string; http?: { paths: { path?: string; backend: Backend }[] } }[];
  };
}

interface Service {
  spec: { ports?: { name?: string; port: number }[] };
}

const IS_DEFAULT = 'ingressclass.kubernetes.io/is-default-class';
const OLD_CLASS = 'kubernetes.io/ingress.class';

/** Which class, Services, ports and Secrets of an Ingress are not there. */
export async function ingressFindings(look: Look, ingress: Ingress): Promise<string[]> {
  const { metadata, spec } = ingress;
  const secrets = new Set((spec.tls ?? []).flatMap(({ secretName }) => secretName ?? []));
  const found = await Promise.all([
    classFindings(look, ingress),
    ...backendsOf(ingress).map(([where, backend]) =>
      backendFindings(look, metadata.namespace, where, backend),
    ),
    ...[...secrets].map(async (name) =>
      (await look.isMissing('secrets', metadata.namespace, name))
        ? [`TLS names the Secret "${name}", which does not exist.`]
        : [],
    ),
  ]);
  return [...new Set(found.flat())];
}

function backendsOf({ spec }: Ingress): [string, Backend][] {
  const own: [string, Backend][] = spec.defaultBackend
    ? [['The default backend', spec.defaultBackend]]
    : [];
  const paths = (spec.rules ?? []).flatMap(({ host = '*', http }) =>
    (http?.paths ?? []).map(({ path = '/', backend }): [string, Backend] => [
      `${host}${path}`,
      backend,
    ]),
  );
  return [...own, ...paths];
}

async function backendFindings(
  look: Look,
  namespace: string,
  where: string,
  { service }: Backend,
): Promise<string[]> {
  if (!service) return [];
  const { name, port = {} } = service;
  const found = await look.get<Service>('services', namespace, name);
  if (found === 'missing') return [`${where} goes to the Service "${name}", which does not exist.`];
  const ports = found?.spec.ports ?? [];
  const isThere = ports.some((one) =>
    port.name ? one.name === port.name : one.port === port.number,
  );
  if (!found || isThere) return [];
  const there = ports.map((one) => (one.name ? `${one.name} (${one.port})` : `${one.port}`));
  return [
    `${where} goes to port ${port.name ?? port.number} of the Service "${name}", which has ${firstOf(there)}.`,
  ];
}

async function classFindings(look: Look, { metadata, spec }: Ingress): Promise<string[]> {
  const { ingressClassName: wanted } = spec;
  if (wanted === undefined && metadata.annotations?.[OLD_CLASS] !== undefined) return [];
  const classes = await look.list<{ metadata: Metadata }>('ingressclasses.networking.k8s.io');
  if (!classes) return [];
  const names = classes.map((one) => one.metadata.name);
  const there = namesThere(names);
  if (wanted !== undefined) {
    return names.includes(wanted) ? [] : [`There is no ingress class "${wanted}" (${there}).`];
  }
  if (classes.some((one) => one.metadata.annotations?.[IS_DEFAULT] === 'true')) return [];
  return [`It names no ingress class, and no class is the default (${there}).`];
}
