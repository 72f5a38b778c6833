import { quantity } from '#cluster';
import { firstOf, namesThere, type Look, type Metadata } from './look.js';

/** What is read of a PersistentVolumeClaim. */
export interface Claim {
  metadata: Metadata & { namespace: string };
  spec: {
    storageClassName?: string;
    volumeName?: string;
    accessModes?: string[];
    selector?: { matchLabels?: Record<string, string> };
    resources?: { requests?: { storage?: string } };
  };
  status?: { phase?: string };
}

interface StorageClass {
  metadata: Metadata;
  provisioner: string;
  volumeBindingMode?: string;
}

interface Volume {
  metadata: Metadata;
  spec: {
    storageClassName?: string;
    accessModes?: string[];
    capacity?: { storage?: string };
    claimRef?: { namespace: string; name: string };
  };
  status?: { phase?: string };
}

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** Why a claim has no volume. */
export async function claimFindings(look: Look, claim: Claim): Promise<string[]> {
  const { metadata, spec, status } = claim;
  if ((status?.phase ?? 'Pending') !== 'Pending') return [];
  const said = (why: string) => [`Claim "${metadata.name}" is not bound: ${why}.`];
  const classes = await look.list<StorageClass>('storageclasses.storage.k8s.io');
  if (!classes) return [];
  const names = classes.map((one) => one.metadata.name);
  const there = namesThere(names);
  const wanted = spec.storageClassName;
  if (wanted === undefined && !classes.some(isDefault)) {
    const fit = await volumesText(look, claim);
    return said(`it names no storage class, and no class is the default (${there}); ${fit}`);
  }
  const used = classes.find((one) =>
    wanted === undefined ? isDefault(one) : one.metadata.name === wanted,
  );
  const fit = await volumesText(look, claim);
  if (wanted !== undefined && wanted !== '' && !used) {
    return said(`there is no storage class "${wanted}" (${there}); ${fit}`);
  }
  if (!used) return said(`it asks for a volume without a class, and ${fit}`);
  const { provisioner, volumeBindingMode: mode } = used;
  const isWaiting = mode === 'WaitForFirstConsumer';
  const name = `its class "${used.metadata.name}"`;
  if (provisioner === NO_PROVISIONER) return said(`${name} makes no volumes, and ${fit}`);
  return said(
    isWaiting
      ? `${name} waits until a pod that uses it has a node; then ${provisioner} makes the volume`
      : `${name} lets ${provisioner} make the volume, which has not happened`,
  );
}

function isDefault({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[IS_DEFAULT] === 'true';
}

/** Which volumes there are for a claim, and why each does not fit. */
async function volumesText(look: Look, claim: Claim): Promise<string> {
  const volumes = await look.list<Volume>('persistentvolumes');
  if (!volumes) return 'its volumes cannot be seen';
  const { storageClassName = '' } = claim.spec;
  const ofClass = volumes.filter(({ spec }) => (spec.storageClassName ?? '') === storageClassName);
  if (ofClass.length === 0) return 'no volume fits: there is none of that class';
  const why = ofClass.map((one) => ({ name: one.metadata.name, why: misfitOf(one, claim) }));
  const fitting = why.filter((one) => one.why === undefined);
  if (fitting.length > 0) return `the volume ${fitting[0]!.name} would fit`;
  return `no volume fits: ${firstOf(why.map((one) => `${one.name} ${one.why}`))}`;
}

function misfitOf({ metadata, spec, status }: Volume, claim: Claim): string | undefined {
  const { accessModes = [], volumeName, selector, resources } = claim.spec;
  const { namespace, name } = claim.metadata;
  const { claimRef } = spec;
  const isOurs = claimRef?.namespace === namespace && claimRef.name === name;
  if (claimRef && !isOurs) return `belongs to claim ${claimRef.namespace}/${claimRef.name}`;
  if (volumeName && volumeName !== metadata.name) return `is not the named "${volumeName}"`;
  const phase = status?.phase ?? 'Available';
  if (!['Available', 'Pending'].includes(phase) && !isOurs) return `is ${phase}`;
  const lacks = accessModes.filter((mode) => !spec.accessModes?.includes(mode));
  if (lacks.length > 0) return `has no ${lacks.join(', ')}`;
  const [has = '0', wants = '0'] = [spec.capacity?.storage, resources?.requests?.storage];
  if (quantity(has) < quantity(wants)) return `has ${has} of ${wants}`;
  const label = Object.entries(selector?.matchLabels ?? {}).find(
    ([key, value]) => metadata.labels?.[key] !== value,
  );
  return label && `lacks the label ${label[0]}=${label[1]}`;
}
