import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeChart } from './support/charts.js';
import { helm4Env, ownHelmHome } from './support/helm.js';
import { testSandbox } from './support/sandbox.js';
import { describeSideBySide } from './support/side-by-side.js';
import { useNamespace } from './support/use-namespace.js';
import { useServer } from './support/use-server.js';

/** Written as an API server does not store it. */
const NORMALIZED = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {on: "true", empty: ""}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, creationTimestamp: null}
    spec:
      nodeSelector: {}
      containers:
        - name: web
          image: app:1
          env: [{name: A, value: ""}, {name: B, value: b}]
          ports: [{containerPort: 80}, {containerPort: 81, protocol: UDP}]
          resources:
            requests: {cpu: 1000m, memory: 1024Mi}
            limits: {cpu: "2", memory: 2147483648}
          readinessProbe: {httpGet: {path: /, port: 80, scheme: HTTP}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: "", selector: {app: web}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 3
  metrics:
    - type: Pods
      pods: {metric: {name: calls}, target: {type: AverageValue, averageValue: 0.25}}
---
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData: {password: hunter-22-and-more}
data: {other: "aHVudGVyLTIy"}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: rolled}}
  strategy: {canary: {maxSurge: "25%"}}
  template:
    metadata: {labels: {app: rolled}}
    spec:
      containers:
        - {name: web, image: "app:1"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
`;

const configMap = (name: string, data = '{a: one, b: two}', annotations = '{}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: ${annotations}}\ndata: ${data}\n`;

const WIDGETS = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.previews.example}
spec:
  group: previews.example
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;

const linesOf = (text: string) => text.split('\n');

describeSideBySide(
  [3, 4],
  (major) => `a preview of helm ${major}`,
  (major) => {
    const folder = () => join(testSandbox().folder, `preview-charts-${major}`);
    const namespace = useNamespace(`previews-helm${major}`);
    const server = useServer({
      defaults: { namespace: namespace.name },
      env: () => ({
        ...(major === 4 ? helm4Env() : {}),
        ...ownHelmHome(`previews-${major}`),
        HELM_CHARTS_DIR: folder(),
      }),
    });
    const chart = (name: string, text: string, definitions?: Record<string, string>) =>
      writeChart(folder(), name, { 'all.yaml': text }, definitions);
    /** A call for the release that is called like its chart. */
    const argsOf = (tool: string, name: string, more: object) => ({
      release_name: name,
      ...(['helm_install', 'helm_upgrade'].includes(tool) && { chart: `./${name}`, wait: false }),
      ...more,
    });
    const call = (tool: string, name: string, more: object = {}) =>
      server.textOf(tool, argsOf(tool, name, more));
    const preview = (tool: string, name: string, more: object = {}) =>
      call(tool, name, { dry_run: true, ...more });
    const failure = async (tool: string, name: string, more: object = {}) => {
      const { body } = await server.call(tool, argsOf(tool, name, { dry_run: true, ...more }));
      return [body.code, body.detail];
    };
    const shared = namespace.kubectl;

    it('of an upgrade that changes nothing calls nothing changed', async () => {
      chart('same', NORMALIZED);
      await call('helm_install', 'same');
      const text = await preview('helm_upgrade', 'same');
      expect(text.split('\n\n')).toEqual([
        'Release "same" in namespace "' +
          `${namespace.name}" would be upgraded to revision 2 with chart ./same (dry run: nothing was changed)`,
        expect.stringMatching(/^Unchanged: (?:[\w./]+(?:, )?){7}$/),
      ]);
      const revisions = await namespace.names('secret', '-l', 'owner=helm,name=same');
      expect(revisions).toHaveLength(1);
    });

    it('shows what the upgrade then does: fields, items and variables removed, values of Secrets by size', async () => {
      const text = NORMALIZED.replace('empty: ""', 'new: "1"')
        .replace('{name: A, value: ""}, ', '')
        .replace(', {containerPort: 81, protocol: UDP}', '')
        .replace('cpu: 1000m, memory', 'cpu: 1500m, memory')
        .replace('hunter-22-and-more', 'changed-22-and-more')
        .replace('maxSurge: "25%"', 'maxUnavailable: 1');
      chart('same', text);
      const shown = await preview('helm_upgrade', 'same');
      for (const line of [
        '-    empty: ""',
        '-        - name: A',
        '-        - containerPort: 81',
        '-            cpu: "1"',
        '+            cpu: 1500m',
        '+  password: <redacted, 19 bytes> (changed)',
        '-      maxSurge: 25%',
        '+      maxUnavailable: 1',
      ]) {
        expect(linesOf(shown)).toContain(line);
      }
      expect(shown).toMatch(/\nUnchanged: (?!.*deployment)/);
      expect(shown).not.toMatch(/and-more|1024Mi/);
      await call('helm_upgrade', 'same');
      const env = '{.spec.template.spec.containers[0].env[*].name} {.metadata.annotations.empty}';
      expect((await namespace.stored('deployment/web', env)).trim()).toBe('B');
      expect(await preview('helm_upgrade', 'same')).not.toMatch(/: changed$/m);
    });

    it('compares with what is live, and tells what others would not let helm do', async () => {
      await shared('scale', 'deployment/web', '--replicas=2');
      const text = await preview('helm_upgrade', 'same');
      if (major === 4) {
        expect(text).toMatch(/, but that would fail \(dry run[^]*"kubectl"[^]*\.spec\.replicas/);
        expect(text).toContain('Set force_conflicts to take these fields over.');
        expect(text).toContain('deployment.apps/web: refused');
        const { body } = await server.call('helm_upgrade', argsOf('helm_upgrade', 'same', {}));
        expect(body.code).toBe('conflict');
      }
      const forced = await preview('helm_upgrade', 'same', { force_conflicts: true });
      expect(forced).toContain('-  replicas: 2\n+  replicas: 1\n');
      await call('helm_upgrade', 'same', { force_conflicts: true });
      expect(await namespace.stored('deployment/web', '{.spec.replicas}')).toBe('1');
    });

    it('creates what was deleted by hand', async () => {
      await shared('delete', 'serviceaccount/web', 'service/web');
      const text = await preview('helm_upgrade', 'same');
      expect(linesOf(text)).toContain('serviceaccount/web: created');
      expect(linesOf(text)).toContain('service/web: created');
      expect(text).toMatch(/Unchanged: (?!.*service).*deployment/);
    });

    it('tells of a field that cannot be changed, with the name of the object', async () => {
      chart('same', NORMALIZED.replace('matchLabels: {app: web}', 'matchLabels: {app: web, x: z}'));
      const text = await preview('helm_upgrade', 'same', { force_conflicts: true });
      expect(text).toMatch(/but that would fail[^]*Deployment[^]*"?web"?[^]*field is immutable/);
      const { body } = await server.call('helm_upgrade', argsOf('helm_upgrade', 'same', {}));
      expect(body.detail).toContain('field is immutable');
    });

    it('keeps what is to be kept, as helm decides it', async () => {
      const keep = '{helm.sh/resource-policy: keep}';
      const names = ['by-hand', 'by-chart', 'of-others', 'plain'].map((name) => `${name}-${major}`);
      const [byHand = '', byChart = '', ofOthers = '', plain = ''] = names;
      const all = names
        .map((name) => configMap(name, undefined, name === byChart ? keep : '{}'))
        .join('---\n');
      chart('kept', all);
      await call('helm_install', 'kept');
      await shared('annotate', `configmap/${byHand}`, 'helm.sh/resource-policy=keep');
      const theirs = ['meta.helm.sh/release-name=other', '--overwrite'];
      await shared('annotate', `configmap/${ofOthers}`, ...theirs);

      const removal = await preview('helm_uninstall', 'kept');
      expect(removal).toContain(`configmap/${byChart}: kept, as its helm.sh/resource-policy says`);
      expect(linesOf(removal)).toContain(`configmap/${byHand}: deleted`);
      expect(linesOf(removal)).toContain(`configmap/${plain}: deleted`);
      const others =
        major === 4 ? 'kept, as it says that it belongs to release "other"' : 'deleted';
      expect(linesOf(removal)).toContain(`configmap/${ofOthers}: ${others}`);

      chart('kept', configMap('new'));
      const upgrade = await preview('helm_upgrade', 'kept');
      expect(linesOf(upgrade)).toContain('configmap/new: created');
      for (const name of [byHand, byChart]) {
        expect(upgrade).toContain(`configmap/${name}: kept, as its helm.sh/resource-policy says`);
      }
      for (const name of [ofOthers, plain])
        expect(linesOf(upgrade)).toContain(`configmap/${name}: deleted`);
      await call('helm_upgrade', 'kept');
      expect(
        await namespace.names('configmap', '--field-selector=metadata.name!=kube-root-ca.crt'),
      ).toEqual([byChart, byHand, 'new'].toSorted());

      const back = await preview('helm_rollback', 'kept', { revision: 1 });
      if (major === 3) {
        // Helm 3 does not know what it has kept.
        const lack = `no ConfigMap with the name "${byHand}" found`;
        expect(back).toContain(`but that would fail (dry run: nothing was changed):\n${lack}`);
        const { body } = await server.call(
          'helm_rollback',
          argsOf('helm_rollback', 'kept', { revision: 1 }),
        );
        expect(body.detail).toContain(lack);
        return;
      }
      expect(linesOf(back)).toContain('configmap/new: deleted');
      expect(linesOf(back)).toContain(`configmap/${plain}: created`);
      await call('helm_rollback', 'kept', { revision: 1 });
      expect(await namespace.isThere('configmap/new')).toBe(false);
      expect(await namespace.isThere(`configmap/${plain}`)).toBe(true);
      expect(await preview('helm_rollback', 'kept', { revision: 1 })).not.toMatch(
        /: (?:cre|cha|del)/,
      );
    });

    it("ends as helm would where an object is somebody else's", async () => {
      await shared('create', 'configmap', 'nobodys');
      chart('adopting', configMap('nobodys'));
      const refusal = [
        'conflict',
        expect.stringMatching(/"nobodys".* exists and cannot be imported into the current release/),
      ];
      expect(await failure('helm_install', 'adopting')).toEqual(refusal);
      await shared('label', 'configmap/nobodys', 'app.kubernetes.io/managed-by=Helm');
      await shared(
        'annotate',
        'configmap/nobodys',
        'meta.helm.sh/release-name=adopting',
        `meta.helm.sh/release-namespace=${namespace.name}`,
      );
      expect(await preview('helm_install', 'adopting')).toContain('+  a: one\n');
    });

    it('tells of what the API server does not take', async () => {
      chart('refused', `${configMap('fine')}---\n${configMap('Not_A_Name')}`);
      const text = await preview('helm_install', 'refused');
      expect(text).toMatch(/but that would fail[^]*"Not_A_Name" is invalid/);
      expect(text).toContain('configmap/Not_A_Name: refused');
    });

    it('creates what needs other objects of the same chart, and a namespace with it', async () => {
      const needed = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: needed}\n---\n';
      const pod =
        'apiVersion: v1\nkind: Pod\nmetadata: {name: needy}\nspec: {serviceAccountName: needed, containers: [{name: a, image: "app:1"}]}\n';
      chart('needy', needed + pod);
      const text = await preview('helm_install', 'needy');
      expect(linesOf(text)).toContain('pod/needy: created');
      expect(text).not.toContain('fail');
      const elsewhere = `${namespace.name}-new`;
      const there = await preview('helm_install', 'needy', { namespace: elsewhere });
      expect(there).toContain(`namespace/${elsewhere}: created`);
      expect(linesOf(there)).toContain('pod/needy: created');
      const { body } = await server.call('k8s_get', {
        resource_type: 'namespace',
        name: elsewhere,
        namespace: null,
      });
      expect(body.code).toBe('not_found');
    });

    it('creates kinds that come with the chart', async () => {
      const widget =
        'apiVersion: previews.example/v1\nkind: Widget\nmetadata: {name: first}\nspec: {a: 1}\n';
      chart('defining', `${widget}---\n${configMap('beside')}`, { 'widgets.yaml': WIDGETS });
      const text = await preview('helm_install', 'defining');
      expect(text).toContain('widget.previews.example/first: created');
      expect(text).toContain(
        'customresourcedefinition.apiextensions.k8s.io/widgets.previews.example: created',
      );
      expect(linesOf(text)).toContain('configmap/beside: created');
      chart('undefined', widget);
      expect(await failure('helm_install', 'undefined')).toEqual([
        'failed',
        expect.stringContaining('no matches for kind "Widget"'),
      ]);
    });

    it('never shows the value of a Secret, wherever it stands', async () => {
      const secret =
        'apiVersion: v1\nkind:\n  Secret\nmetadata: {name: told}\nstringData: {pass: swordfish-77}\n';
      const notes = 'The password is swordfish-77.\n';
      writeChart(folder(), 'told', {
        'all.yaml': `${secret}---\n${configMap('told', '{url: "redis://:swordfish-77@db"}', '{encoded: c3dvcmRmaXNoLTc3}')}`,
        'NOTES.txt': notes,
      });
      const texts = [
        await server.textOf('helm_template', { release_name: 'told', chart: './told' }),
        await preview('helm_install', 'told'),
        await call('helm_install', 'told'),
        ...(await Promise.all(
          ['table', 'json', 'yaml'].map((output) => call('helm_status', 'told', { output })),
        )),
        await call('helm_get_manifest', 'told'),
        await preview('helm_uninstall', 'told'),
      ];
      for (const text of texts) expect(text).not.toMatch(/swordfish|c3dvcmRmaXNo/);
      expect(texts.join('\n')).toContain('redacted');
    });
  },
);

describe('after helm 3, helm 4', () => {
  const folder = () => join(testSandbox().folder, 'preview-charts-34');
  const namespace = useNamespace('previews-helm34');
  const env = { ...ownHelmHome('previews-34') };
  const defaults = { namespace: namespace.name };
  const three = useServer({ defaults, env: () => ({ ...env, HELM_CHARTS_DIR: folder() }) });
  const four = useServer({
    defaults,
    env: () => ({ ...env, ...helm4Env(), HELM_CHARTS_DIR: folder() }),
  });
  const args = { release_name: 'moved', chart: './moved', wait: false };
  beforeAll(async () => {
    writeChart(folder(), 'moved', { 'all.yaml': NORMALIZED });
    await three.textOf('helm_install', args);
  });

  it('goes on as helm 3 would have, and its previews say so', async () => {
    const same = await four.textOf('helm_upgrade', { ...args, dry_run: true });
    expect(same).toMatch(/\n\nUnchanged: (?:[\w./]+(?:, )?){7}$/);
    await namespace.kubectl('scale', 'deployment/web', '--replicas=2');
    const text = await four.textOf('helm_upgrade', { ...args, dry_run: true });
    expect(text).toContain('-  replicas: 2\n+  replicas: 1\n');
    await four.textOf('helm_upgrade', args);
    expect(await namespace.stored('deployment/web', '{.spec.replicas}')).toBe('1');
  });
});
