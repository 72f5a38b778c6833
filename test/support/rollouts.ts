import { expect, vi } from 'vitest';
import { liveObject } from './live-object.js';
import { workload } from './manifest.js';
import type { McpClient } from './mcp-clients.js';
import { clientOf, refusalOf } from './rest.js';

export type Args = Record<string, unknown>;

/** A door to the tools: gives a tool's text, or its error. */
export interface Door {
  text(tool: string, args: Args): Promise<string>;
  /** The code and the message of a call that has to fail. */
  refusal(tool: string, args: Args): Promise<{ code: string; message: string }>;
}

/** The REST door. */
export function restDoor(url: string, fixed: Args): Door {
  const client = clientOf(url);
  const send = (tool: string, args: Args) => client.call(tool, { ...fixed, ...args });
  return {
    text: async (tool, args) => (await send(tool, args)).result,
    async refusal(tool, args) {
      const { code, message } = await refusalOf(send(tool, args));
      return { code, message };
    },
  };
}

/** The MCP door. */
export function mcpDoor(mcp: McpClient, fixed: Args): Door {
  const send = async (tool: string, args: Args) => {
    const { content, isError, _meta } = await mcp.call(tool, { ...fixed, ...args });
    return {
      text: content[0]?.text ?? '',
      isError: isError ?? false,
      code: String(_meta?.['skyflo/code']),
    };
  };
  return {
    async text(tool, args) {
      const { text, isError } = await send(tool, args);
      expect([tool, isError, isError ? text : '']).toEqual([tool, false, '']);
      return text;
    },
    async refusal(tool, args) {
      const { text, isError, code } = await send(tool, args);
      expect([tool, isError]).toEqual([tool, true]);
      return { code, message: text };
    },
  };
}

export interface LiveRollout {
  metadata: { generation: number; annotations?: Record<string, string> };
  spec: {
    paused?: boolean;
    restartAt?: string;
    template?: { spec: { containers: { name: string; image: string }[] } };
  };
  status: {
    abort?: boolean;
    phase?: string;
    message?: string;
    currentStepIndex?: number;
    observedGeneration?: string;
    pauseConditions?: { reason: string }[];
    updatedReplicas?: number;
    stableRS?: string;
    currentPodHash?: string;
    blueGreen?: { activeSelector?: string };
  };
}

/** The rollout as the API server has it. */
export async function liveRollout(namespace: string, name: string): Promise<LiveRollout> {
  const rollout = await liveObject(namespace, `rollout/${name}`);
  if (!rollout) throw new Error(`There is no rollout ${name}.`);
  return rollout as LiveRollout;
}

/**
 * Waits until the controller has taken up the rollout's spec and it is so, for thirty seconds at
 * most.
 */
export async function untilRollout(
  namespace: string,
  name: string,
  isSo: (rollout: LiveRollout) => unknown,
): Promise<LiveRollout> {
  return vi.waitFor(
    async () => {
      const rollout = await liveRollout(namespace, name);
      const { metadata, status } = rollout;
      if (status?.observedGeneration === String(metadata.generation) && isSo(rollout)) {
        return rollout;
      }
      throw new Error(`${name} is still ${JSON.stringify(rollout.status)}`);
    },
    { timeout: 30_000, interval: 100 },
  );
}

export const isPhase =
  (phase: string) =>
  ({ status }: LiveRollout) =>
    status.phase === phase;

/** A canary Rollout of one container `app`. */
export function canary(
  where: { namespace: string; name: string },
  steps: object[],
  spec: object = {},
): object {
  const strategy = { canary: { steps } };
  return workload('Rollout', where, { app: 'app:1' }, { replicas: 4, strategy, ...spec });
}

/** A blue-green Rollout that waits to be promoted, with its two Services. */
export function blueGreen(
  where: { namespace: string; name: string },
  strategy: object = {},
): object[] {
  const { namespace, name } = where;
  const services = { activeService: name, previewService: `${name}-preview` };
  const service = (serviceName: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: serviceName },
    spec: { selector: { app: name }, ports: [{ port: 80 }] },
  });
  return [
    service(services.activeService),
    service(services.previewService),
    workload(
      'Rollout',
      where,
      { app: 'app:1' },
      {
        replicas: 2,
        strategy: { blueGreen: { ...services, autoPromotionEnabled: false, ...strategy } },
      },
    ),
  ];
}
