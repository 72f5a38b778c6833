import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a Secret of the chart holds; must never be shown. */
export const HIDDEN = 'correct-horse-battery';

const VALUES = `# Number of pods.
replicas: 1
image:
  tag: "1.0" # of the image app
# Pods of a chart with false never get ready.
ready: true
greeting: Hello
nodeSelector: {}
`;

const SCHEMA = {
  type: 'object',
  properties: { replicas: { type: 'integer', minimum: 0 }, greeting: { type: 'string' } },
};

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels: {app: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      nodeSelector: {{ toJson .Values.nodeSelector }}
      containers:
        - name: app
          image: app:{{ .Values.image.tag }}
          resources: {}
          readinessProbe:
            httpGet:
              path: {{ .Values.ready | ternary "/" "/not-found" }}
              port: 80
`;

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
stringData:
  token: ${HIDDEN}
`;

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  greeting: {{ .Values.greeting | quote }}
  version: {{ .Chart.Version | quote }}
`;

const TEST_HOOK = `apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-test
  annotations:
    helm.sh/hook: test
spec:
  restartPolicy: Never
  containers: [{name: test, image: "busybox:1.37"}]
`;

/** Writes a chart called greeter of some version into a folder, and gives its path. */
export function writeGreeterChart(folder: string, version: string): string {
  const chart = join(folder, 'greeter');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(chart, name), text);
  write(
    'Chart.yaml',
    `apiVersion: v2\nname: greeter\ndescription: Says hello.\nversion: ${version}\nappVersion: "1.0"\n`,
  );
  write('values.yaml', VALUES);
  write('values.schema.json', JSON.stringify(SCHEMA));
  write('templates/deployment.yaml', DEPLOYMENT);
  write('templates/secret.yaml', SECRET);
  write('templates/configmap.yaml', CONFIG_MAP);
  write('templates/test.yaml', TEST_HOOK);
  write('templates/NOTES.txt', '{{ .Values.greeting }} from {{ .Release.Name }}.\n');
  return chart;
}
