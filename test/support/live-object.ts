import type { Pool } from 'undici';
import { apiPool } from './api.js';
import { kubectl } from './kubectl.js';
import { testSandbox } from './sandbox.js';

/** Where the API server has the kinds that tests look at again and again. */
const PATHS: Readonly<Record<string, string>> = {
  configmap: '/api/v1/namespaces/NAMESPACE/configmaps/',
  deployment: '/apis/apps/v1/namespaces/NAMESPACE/deployments/',
  pod: '/api/v1/namespaces/NAMESPACE/pods/',
  rollout: '/apis/argoproj.io/v1alpha1/namespaces/NAMESPACE/rollouts/',
  secret: '/api/v1/namespaces/NAMESPACE/secrets/',
  service: '/api/v1/namespaces/NAMESPACE/services/',
};

let pool: Pool | undefined;

/**
 * An object as the API server has it; undefined if there is none. A request takes a twentieth of
 * the time of a kubectl, which still looks up the kinds that are not listed here.
 * @param target kind/name
 */
export async function liveObject(namespace: string, target: string): Promise<object | undefined> {
  const [kind = '', name = ''] = target.split('/');
  const path = PATHS[kind];
  if (path === undefined) {
    const flags = ['--ignore-not-found', '--show-managed-fields', '-o', 'json'];
    const text = await kubectl('get', target, '-n', namespace, ...flags);
    return text === '' ? undefined : (JSON.parse(text) as object);
  }
  pool ??= apiPool(testSandbox().env['KUBECONFIG'] ?? '');
  const { statusCode, body } = await pool.request({
    method: 'GET',
    path: path.replace('NAMESPACE', namespace) + name,
  });
  const text = await body.text();
  if (statusCode === 404) return undefined;
  if (statusCode !== 200) throw new Error(`${target}: ${statusCode} ${text.slice(0, 300)}`);
  return JSON.parse(text) as object;
}

/** A path of JSONPath that only names fields: `{.spec.replicas}`. */
const FIELDS = /^\{((?:\.\w+)+)\}$/;

/**
 * What kubectl prints for a JSONPath of an object: nothing where there is no such field.
 * @throws Error where there is no such object
 */
export async function liveField(namespace: string, target: string, path: string): Promise<string> {
  const [, fields] = FIELDS.exec(path) ?? [];
  if (fields === undefined) {
    return kubectl('get', target, '-n', namespace, '-o', `jsonpath=${path}`);
  }
  const object = await liveObject(namespace, target);
  if (!object) throw new Error(`${target} is not there`);
  const value = fields
    .slice(1)
    .split('.')
    .reduce<unknown>((at, field) => (at as Record<string, unknown> | undefined)?.[field], object);
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
