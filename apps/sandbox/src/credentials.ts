import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { makeCertificates } from './certificates.js';
import { assetsDir } from './paths.js';
import type { ClusterLayout } from './record.js';

/** Makes the keys and certificates of a sandbox, once. */
export async function ensureCertificates({ stateDir }: ClusterLayout): Promise<void> {
  const folder = join(stateDir, 'pki');
  // The last file to be written.
  if (existsSync(join(folder, 'service-account.key'))) return;
  await makeCertificates(folder);
}

/** Writes an administrator's kubeconfig that stands alone: the credentials are inside. */
export function writeKubeconfig(name: string, { stateDir, ports }: ClusterLayout): string {
  const file = join(stateDir, 'kubeconfig');
  const data = (pki: string) => readFileSync(join(stateDir, 'pki', pki)).toString('base64');
  const context = `sandbox-${name}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    clusters: [
      {
        name: context,
        cluster: {
          server: `https://127.0.0.1:${ports['kube-apiserver']}`,
          'certificate-authority-data': data('ca.crt'),
        },
      },
    ],
    users: [
      {
        name: context,
        user: {
          'client-certificate-data': data('admin.crt'),
          'client-key-data': data('admin.key'),
        },
      },
    ],
  };
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/**
 * The environment in which kubectl and helm reach this sandbox and leave the user's own settings,
 * caches and plugins alone, and in which a server may install the sandbox's own charts. PATH has
 * the sandbox's programs first.
 */
export function sandboxEnvironment({ stateDir, binDir }: ClusterLayout): Record<string, string> {
  return {
    KUBECONFIG: join(stateDir, 'kubeconfig'),
    KUBECACHEDIR: join(stateDir, 'cache', 'kube'),
    KUBERC: 'off',
    HELM_CACHE_HOME: join(stateDir, 'cache', 'helm'),
    HELM_CONFIG_HOME: join(stateDir, 'helm'),
    HELM_DATA_HOME: join(stateDir, 'helm'),
    HELM_HOME_DIR: join(stateDir, 'server-helm'),
    HELM_CHARTS_DIR: assetsDir('charts'),
    PATH: `${binDir}:${process.env['PATH'] ?? ''}`,
  };
}
