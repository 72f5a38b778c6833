import { describe, expect, it } from 'vitest';
import { kubectl } from './support/kubectl.js';
import { createObjects } from './support/manifest.js';
import { useGate } from './support/use-gate.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

const TOOL = 'k8s_run_pod';
const WHERE = 'run-pod-removal';

const door = useGate();
const own = useNamespace(WHERE);
const defaults = { namespace: WHERE, image: 'busybox:1.37', restart_policy: 'never', remove: true };
const server = useServer({ defaults, env: door.env });

type Request = { method?: string; url?: string };
const isCreation = ({ method, url }: Request) =>
  method === 'POST' && url?.includes(`/${WHERE}/pods?`) === true;
const isRemoval =
  (name: string) =>
  ({ method, url }: Request) =>
    method === 'DELETE' && url?.endsWith(`/${WHERE}/pods/${name}`) === true;
const isThere = (name: string) => own.isThere(`pod/${name}`);
const broken = () => Promise.reject(new Error('broken'));

/** Keeps every pod of the namespace with a label from being deleted. */
const policy = [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: WHERE },
    spec: {
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': WHERE } },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['DELETE'] },
        ],
      },
      validations: [{ expression: '!oldObject.metadata.name.startsWith("kept")', message: 'kept' }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: WHERE },
    spec: { policyName: WHERE, validationActions: ['Deny'] },
  },
];

describe('k8s_run_pod, when the pod cannot be removed', () => {
  it('keeps its outcome and its log, and tells why it is still there', async () => {
    await createObjects(...policy);
    try {
      // The API server enforces a new policy after a while.
      await own.kubectl('run', 'kept-probe', '--image=busybox:1.37', '--restart=Never');
      const probe = () =>
        own.kubectl('delete', 'pod', 'kept-probe', '--dry-run=server').then(() => '', String);
      await expect.poll(probe).toContain('kept');
      const text = await server.textOf(TOOL, { name: 'kept' });
      expect(text).toMatch(
        /^Pod run-pod-removal\/kept succeeded with exit code 0\. It could not be removed: .*denied request: kept.* Delete it with k8s_delete\.\n\n\S/,
      );
      const { status, body } = await server.call(TOOL, {
        name: 'kept-too',
        image: 'busybox:invalid-tag',
      });
      expect([status, body.code]).toEqual([422, 'failed']);
      expect(body.detail).toMatch(
        /cannot run: it is Pending .*ImagePullBackOff.* It could not be removed: /,
      );
      expect(await isThere('kept')).toBe(true);
    } finally {
      for (const { kind, metadata } of policy) await kubectl('delete', kind, metadata.name);
    }
  });

  it('knows that it is gone when only the answer was lost', async () => {
    door.gate.after(isRemoval('unheard'), broken);
    expect(await server.textOf(TOOL, { name: 'unheard' })).toMatch(
      /^Pod run-pod-removal\/unheard succeeded with exit code 0\. It (was|is being) removed\.\n/,
    );
    await expect.poll(() => isThere('unheard')).toBe(false);
  });
});

describe('k8s_run_pod, when the pod takes its time to end', () => {
  it('does not say that it is gone', async () => {
    const finalizer = JSON.stringify({ metadata: { finalizers: ['demo.skyflo.ai/hold'] } });
    door.gate.before(isRemoval('slow'), () =>
      own.kubectl('patch', 'pod', 'slow', '--type=merge', '-p', finalizer),
    );
    expect(await server.textOf(TOOL, { name: 'slow' })).toMatch(
      /^Pod run-pod-removal\/slow succeeded with exit code 0\. It is being removed\.\n/,
    );
    expect(await isThere('slow')).toBe(true);
    await own.kubectl(
      'patch',
      'pod',
      'slow',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    await expect.poll(() => isThere('slow')).toBe(false);
  });
});

describe('k8s_run_pod, when the answer to the creation is lost', () => {
  it('removes the pod that it created', async () => {
    door.gate.after(isCreation, broken);
    const { status, body } = await server.call(TOOL, { name: 'lost' });
    expect([status, body.code, body['retryable']]).toEqual([503, 'unavailable', false]);
    expect(body.detail).toMatch(
      /may or may not have been made\. The pod (was|is being) removed\.$/,
    );
    await expect.poll(() => isThere('lost')).toBe(false);
  });

  it('says that none was created', async () => {
    door.gate.before(isCreation, async () => {
      await own.kubectl('create', 'quota', 'none', '--hard=pods=0');
      await expect.poll(() => own.stored('quota/none', '{.status.hard.pods}')).toBe('0');
    });
    door.gate.after(isCreation, broken);
    const { body } = await server.call(TOOL, { name: 'never-made' });
    await own.kubectl('delete', 'quota', 'none');
    expect(body.detail).toMatch(/may or may not have been made\. The pod is not there\.$/);
  });

  it('leaves a pod of another alone that has the name', async () => {
    await own.kubectl('run', 'theirs', '--image=busybox:1.37');
    door.gate.after(isCreation, broken);
    const { body } = await server.call(TOOL, { name: 'theirs' });
    expect(body.detail).toMatch(/The pod was not created: another has its name\.$/);
    expect(await own.stored('pod/theirs', '{.metadata.deletionTimestamp}')).toBe('');
  });
});
