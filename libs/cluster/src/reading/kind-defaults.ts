import type { Defaults } from './defaults.js';
import { POD_SPEC } from './pod-defaults.js';

const TEMPLATE: Defaults = { metadata: {}, spec: POD_SPEC };

const CLAIM_SPEC: Defaults = { resources: {}, volumeMode: 'Filesystem' };

/**
 * What the API server fills in and its OpenAPI document does not tell, by the kinds that are read
 * most. It is told in the source of Kubernetes (`pkg/apis/.../defaults.go`) only.
 */
export const KIND_DEFAULTS: Readonly<Record<string, Defaults>> = {
  pods: { spec: POD_SPEC },
  podtemplates: { template: TEMPLATE },
  replicationcontrollers: { spec: { template: TEMPLATE } },
  'deployments.apps': {
    spec: {
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      strategy: {
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
        type: 'RollingUpdate',
      },
      template: TEMPLATE,
    },
  },
  'replicasets.apps': { spec: { template: TEMPLATE } },
  'statefulsets.apps': {
    spec: {
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      template: TEMPLATE,
      updateStrategy: { rollingUpdate: { partition: 0 }, type: 'RollingUpdate' },
    },
  },
  'daemonsets.apps': {
    spec: {
      revisionHistoryLimit: 10,
      template: TEMPLATE,
      updateStrategy: {
        rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
        type: 'RollingUpdate',
      },
    },
  },
  'jobs.batch': {
    spec: {
      completionMode: 'NonIndexed',
      manualSelector: false,
      suspend: false,
      template: TEMPLATE,
    },
  },
  'cronjobs.batch': {
    spec: {
      concurrencyPolicy: 'Allow',
      failedJobsHistoryLimit: 1,
      jobTemplate: { metadata: {}, spec: { template: TEMPLATE } },
      successfulJobsHistoryLimit: 3,
      suspend: false,
    },
  },
  services: {
    spec: {
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      ipFamilyPolicy: 'SingleStack',
      ports: [{ protocol: 'TCP' }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
  },
  persistentvolumeclaims: { spec: CLAIM_SPEC },
  persistentvolumes: { spec: { hostPath: { type: '' }, volumeMode: 'Filesystem' } },
  configmaps: {},
  secrets: {},
  serviceaccounts: {},
  nodes: {},
  events: {},
};
