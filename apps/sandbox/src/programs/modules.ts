const kubernetesVersion = 'v1.34.4';
const [major, minor] = kubernetesVersion.slice(1).split('.');

const helmVersion = 'v3.19.5';
const helm4Version = 'v4.3.1';

/** The module whose kubectl renders the manifests of all. */
export const KUBERNETES = 'kubernetes';

/** Programs to build together from one Go module under `go/`, and the manifests it carries. */
export interface GoModule {
  /** Of its part of the cache; the folder unless given. */
  name?: string;
  folder: string;
  /** Go package by the name that the built program gets. */
  programs: Record<string, string>;
  /** Linker flags beside those that leave out debugging information. */
  linkerFlags?: string[];
  /** Kustomize folders by the name that the rendered file gets. */
  manifests?: Record<string, { module: string; folder: string }>;
}

const kubernetesFlags = [
  `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
  `-X k8s.io/component-base/version.gitMajor=${major}`,
  `-X k8s.io/component-base/version.gitMinor=${minor}`,
];

/** All that a sandbox is made of. To add a module, write its go.mod and one entry here. */
export const sandboxModules: GoModule[] = [
  {
    folder: KUBERNETES,
    programs: {
      'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
      'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
      'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
      kubectl: 'k8s.io/kubernetes/cmd/kubectl',
      etcd: 'go.etcd.io/etcd/server/v3',
      'rollouts-controller': 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller',
      helm: 'helm.sh/helm/v3/cmd/helm',
    },
    // Without these, kubectl fails to parse its own version.
    linkerFlags: [
      ...kubernetesFlags,
      ...helmFlags('helm.sh/helm/v3', helmVersion),
      // What helm 3 takes a cluster for that it is not told of. Helm 4 finds it out by itself.
      ...['pkg/chartutil', 'pkg/lint/rules'].flatMap((package_) => [
        `-X helm.sh/helm/v3/${package_}.k8sVersionMajor=${major}`,
        `-X helm.sh/helm/v3/${package_}.k8sVersionMinor=${minor}`,
      ]),
    ],
    manifests: {
      'argo-crds': { module: 'github.com/argoproj/argo-rollouts', folder: 'manifests/crds' },
    },
  },
  {
    folder: 'kwok',
    programs: {
      kwok: 'sigs.k8s.io/kwok/cmd/kwok',
      'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server',
    },
    manifests: {
      'kwok-crds': { module: 'sigs.k8s.io/kwok', folder: 'kustomize/crd' },
      'kwok-node-fast': { module: 'sigs.k8s.io/kwok', folder: 'kustomize/stage/node/fast' },
      'kwok-node-heartbeat': {
        module: 'sigs.k8s.io/kwok',
        folder: 'kustomize/stage/node/heartbeat',
      },
      'kwok-pod-fast': { module: 'sigs.k8s.io/kwok', folder: 'kustomize/stage/pod/fast' },
      'kwok-metrics': { module: 'sigs.k8s.io/kwok', folder: 'kustomize/metrics/usage' },
    },
  },
];

/** What only tests compare with: a first start does not wait for it. */
export const testModules: GoModule[] = [
  {
    name: 'argo-plugin',
    folder: KUBERNETES,
    programs: {
      'kubectl-argo-rollouts': 'github.com/argoproj/argo-rollouts/cmd/kubectl-argo-rollouts',
    },
    linkerFlags: kubernetesFlags,
  },
  {
    folder: 'helm4',
    programs: { helm4: 'helm.sh/helm/v4/cmd/helm' },
    linkerFlags: helmFlags('helm.sh/helm/v4', helm4Version),
  },
];

/** What makes `helm version` say what it says of a release; as in its Makefile. */
function helmFlags(module: string, version: string): string[] {
  const name = `${module}/internal/version`;
  return [`-X ${name}.version=${version}`, `-X ${name}.gitTreeState=clean`];
}

/** The rendered manifests, as paths inside the binaries' folder. */
export function manifestFile(name: string): string {
  return `manifests/${name}.yaml`;
}

/** Every file that a module's complete folder holds. */
export function expectedFiles({ programs, manifests = {} }: GoModule): string[] {
  return [...Object.keys(programs), ...Object.keys(manifests).map(manifestFile)];
}
