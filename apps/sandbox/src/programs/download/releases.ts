/**
 * What the projects release of the programs and manifests of a sandbox. The versions are those that
 * are built (`modules.ts` and the `go.mod` of each module).
 */
export interface Releases {
  /** By the name of the program. */
  programs: Record<string, ReleasedFile | ReleasedImage>;
  /** By the name of the manifest. */
  manifests: Record<string, ReleasedFolder>;
}

/** A program, or an archive with the program in it. */
export interface ReleasedFile {
  url: string;
  /** The digest that the file must have, or the address at which its project publishes it. */
  sha256: string | { publishedAt: string };
  /** The path of the program in the archive. */
  member?: string;
}

/** A program that its project releases in a container image only. */
export interface ReleasedImage {
  registry: string;
  repository: string;
  /** A digest where one is known, or a tag. */
  reference: string;
  /** The path of the program in the image. */
  member: string;
}

/** A kustomize folder at an address, for all its files. */
export interface ReleasedFolder {
  url: string;
  /** Of the names and contents of its files, in the order of `kustomization.yaml`. */
  sha256: string;
}

export interface Platform {
  os: NodeJS.Platform;
  arch: NodeJS.Architecture;
}

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, 'amd64' | 'arm64'>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

const KUBECTL = {
  amd64: 'd50c359d95e0841eaad08ddc27c7be37cba8fdccfba5c8e2ded65e121ff112db',
  arm64: '5b982c0644ab1e27780246b9085a5886651b4a7ed86243acbb2bacc1bea01dda',
};

const HELM = {
  amd64: 'a0a5e8c592ed3f376ac110715eff214730c7422f9a44d96cf98117d2b8b0e6c0',
  arm64: 'ce02147ffee6d993bf8ae97a44a22e9e1daf0b69d2d5b69a0c8cf6706445ccf5',
};

/** Undefined where Kubernetes releases no API server for the platform: anywhere but on Linux. */
export function releasesFor({ os, arch }: Platform): Releases | undefined {
  const architecture = ARCHITECTURES[arch];
  if (os !== 'linux' || architecture === undefined) return undefined;
  const kubernetes = `https://dl.k8s.io/release/v1.34.4/bin/linux/${architecture}`;
  const published = (url: string): ReleasedFile => ({
    url,
    sha256: { publishedAt: `${url}.sha256` },
  });
  const etcd = 'https://github.com/etcd-io/etcd/releases/download/v3.6.16';
  const kwok = 'https://raw.githubusercontent.com/kubernetes-sigs/kwok/v0.8.0/kustomize';
  return {
    programs: {
      'kube-apiserver': published(`${kubernetes}/kube-apiserver`),
      'kube-controller-manager': published(`${kubernetes}/kube-controller-manager`),
      'kube-scheduler': published(`${kubernetes}/kube-scheduler`),
      kubectl: { url: `${kubernetes}/kubectl`, sha256: KUBECTL[architecture] },
      etcd: {
        url: `${etcd}/etcd-v3.6.16-linux-${architecture}.tar.gz`,
        sha256: { publishedAt: `${etcd}/SHA256SUMS` },
        member: `etcd-v3.6.16-linux-${architecture}/etcd`,
      },
      helm: {
        url: `https://get.helm.sh/helm-v3.19.5-linux-${architecture}.tar.gz`,
        sha256: HELM[architecture],
        member: `linux-${architecture}/helm`,
      },
      'rollouts-controller': {
        registry: 'quay.io',
        repository: 'argoproj/argo-rollouts',
        reference: 'v1.10.1',
        member: 'bin/rollouts-controller',
      },
      kwok: {
        registry: 'registry.k8s.io',
        repository: 'kwok/kwok',
        reference: 'sha256:6d25aa8fbdfe78845423160bf125b5513f9522e2770981f0945c2a250c2b26f0',
        member: 'usr/local/bin/kwok',
      },
      'metrics-server': {
        registry: 'registry.k8s.io',
        repository: 'metrics-server/metrics-server',
        reference: 'sha256:25d291fde59974547bac6f07fa9d6cf6f5bedd1f19d60c893311c5e741e0a42f',
        member: 'metrics-server',
      },
    },
    manifests: {
      'argo-crds': {
        url: 'https://raw.githubusercontent.com/argoproj/argo-rollouts/v1.10.1/manifests/crds',
        sha256: '28a3913916b02f512b697f7d6440324801f94f9105e41405ad155ec3b07d30ec',
      },
      'kwok-crds': {
        url: `${kwok}/crd`,
        sha256: '1fe947f26efc714e5e99889b29d33fedd8fa977d25496a13a2323fe0ef262be1',
      },
      'kwok-node-fast': {
        url: `${kwok}/stage/node/fast`,
        sha256: 'c7b959a5e0926b33ac4d65504476f89646a7c54cf73cd80cda5c3cd0aa8d43d3',
      },
      'kwok-node-heartbeat': {
        url: `${kwok}/stage/node/heartbeat`,
        sha256: 'e077e65e7c71075752958dc18debe153df34c502446ed75d916e2ff819d1bcfc',
      },
      'kwok-pod-fast': {
        url: `${kwok}/stage/pod/fast`,
        sha256: '46b1b9fb0febfac1cd252970734444ffbcd14ee2366cf078155abdc4fc80c590',
      },
      'kwok-metrics': {
        url: `${kwok}/metrics/usage`,
        sha256: 'd53bbe02cde7904307caeb34680782e9514f858ca831373c7f059c0b6b1a9961',
      },
    },
  };
}
