import type { LivePod } from '#cluster';
import type { Metadata } from './look.js';

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: string | number;
}

/** What is read of a Service. */
export interface Service {
  metadata: Metadata & { namespace: string };
  spec: { type?: string; selector?: Record<string, string>; ports?: ServicePort[] };
}

/** A port that a container says it has. */
export interface ContainerPort {
  name?: string;
  containerPort: number;
}

interface Container {
  name: string;
  ports?: ContainerPort[];
}

/** A pod as a Service sees it. */
export interface ServedPod extends LivePod {
  spec: { containers: Container[]; initContainers?: Container[] };
}

/** What is read of an EndpointSlice, whose lists are null where they are empty. */
export interface EndpointSlice {
  endpoints?:
    | {
        addresses: string[];
        conditions?: { ready?: boolean; terminating?: boolean };
        targetRef?: { kind: string; name: string };
        nodeName?: string;
      }[]
    | null;
  ports?: { name?: string; port?: number; protocol?: string }[] | null;
}
