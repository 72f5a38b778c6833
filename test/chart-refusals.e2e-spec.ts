import { describe, expect, it } from 'vitest';
import { refusalOf, type Values } from './support/skyflo-chart.js';

const DATABASE = { database: { existingSecret: 'postgres' } };
const LOTS = { replicaCount: 3 };

/** Wrong values, and what their refusal has to say. */
const WRONG: [values: Values, says: RegExp][] = [
  [{ replicas: 2 }, /additional properties 'replicas' not allowed/],
  [{ rbac: { sise: 'admin' } }, /at '\/rbac': additional properties 'sise' not allowed/],
  [{ rbac: { size: 'root' } }, /'\/rbac\/size': value must be one of 'read-only', 'operator'/],
  [{ replicaCount: 'two' }, /'\/replicaCount': got string, want integer/],
  [{ replicaCount: -1 }, /'\/replicaCount': minimum: got -1, want 0/],
  [{ service: { port: 70_000 } }, /'\/service\/port': maximum: got 70,000, want 65,535/],
  [{ tls: { mode: 'off' } }, /'\/tls\/mode': value must be one of 'generated', 'secret', 'proxy'/],
  [{ image: { digest: 'latest' } }, /'\/image\/digest': 'latest' does not match/],
  [{ oidc: { issuer: 'http://login' } }, /'\/oidc\/issuer': 'http:\/\/login' does not match/],
  [{ policy: { ready: 'root' } }, /'\/policy\/ready': value must be one of/],
  [
    { config: { 'max-running': 3 } },
    /at '\/config': additional properties 'max-running' not allowed/,
  ],
  [
    { config: { MAX_RUNNING: [3] } },
    /'\/config\/MAX_RUNNING': got array, want boolean or number or string/,
  ],
  [{ podLabels: { a: 1 } }, /'\/podLabels\/a': got number, want string/],
  [{ persistence: { size: 'big' } }, /'\/persistence\/size': 'big' does not match/],
  [LOTS, /replicaCount above 1 needs PostgreSQL.*set database\.existingSecret/],
  [{ autoscaling: { enabled: true } }, /autoscaling\.enabled needs PostgreSQL/],
  [{ ...LOTS, ...DATABASE, persistence: { enabled: true } }, /Set persistence\.enabled=false/],
  [
    { ...DATABASE, autoscaling: { enabled: true, executionsRunning: 0 } },
    /autoscaling\.executionsRunning or autoscaling\.cpuPercent/,
  ],
  [
    { ...DATABASE, autoscaling: { enabled: true, minReplicas: 9 } },
    /minReplicas is above autoscaling\.maxReplicas/,
  ],
  [{ rbac: { size: 'operator' } }, /needs rbac\.namespaces.*rbac\.size=admin/],
  [{ rbac: { namespaces: ['shop'] } }, /no effect with rbac\.size=read-only/],
  [{ rbac: { size: 'operator', namespaces: ['kube-system'] } }, /names kube-system/],
  [{ rbac: { size: 'admin', readSecrets: true } }, /rbac\.readSecrets has no effect/],
  [{ serviceAccount: { mountToken: false } }, /needs kubeconfig\.existingSecret/],
  [{ serviceAccount: { create: false } }, /needs serviceAccount\.name/],
  [
    { policy: { ready: 'admin', rules: 'use: admin' } },
    /policy\.ready and policy\.rules exclude each other/,
  ],
  [{ config: { PORT: 9000 } }, /config\.PORT .*Set service\.port/],
  [{ config: { AUTH: 'none' } }, /AUTH=none lets everybody in.*keys\.create=false/],
  [{ keys: { create: false } }, /Nobody could prove who they are\. Set keys\.create=true/],
  [{ oidc: { issuer: 'https://login' } }, /oidc\.issuer needs publicUrl or oidc\.audience/],
  [{ tls: { mode: 'secret' } }, /needs tls\.existingSecret/],
  [{ tls: { existingSecret: 'tls' } }, /no effect with tls\.mode=generated/],
  [{ tls: { mode: 'proxy' } }, /tls\.mode=proxy needs publicUrl/],
  [{ ingress: { enabled: true } }, /needs ingress\.hosts/],
  [{ httpRoute: { enabled: true } }, /needs httpRoute\.parentRefs/],
  [{ httpRoute: { enabled: true, parentRefs: [{}] } }, /needs httpRoute\.hostnames/],
  [
    { httpRoute: { enabled: true, parentRefs: [{}], hostnames: ['a.example.com'] } },
    /needs tls\.mode=proxy/,
  ],
  [
    { metrics: { enabled: false, serviceMonitor: { enabled: true } } },
    /serviceMonitor\.enabled needs metrics\.enabled=true/,
  ],
];

describe('values that are wrong', () => {
  it.each(WRONG)('are refused with what would be right: %j', async (values, says) => {
    expect(await refusalOf(values)).toMatch(says);
  });
});
