import type { Cluster } from '#cluster';
import { ToolError } from '#tools';
import type { CheckpointSink } from './checkpoint-sink.js';
import { isCheckpoint, type Checkpoint } from './checkpoint.js';

/** Where a ConfigMap is. */
export interface ConfigMapName {
  readonly namespace: string;
  readonly name: string;
}

/** Milliseconds that the API server may take to answer. */
const ANSWER_MS = 5_000;
/** Checkpoints that are kept: all take less than half of what a ConfigMap may hold. */
const MAX_KEPT = 1_000;

interface ConfigMap {
  data?: Record<string, string>;
}

/**
 * Keeps the latest checkpoint of each chain in a ConfigMap, as a JSON line under the id of the
 * chain, and the head of what was forgotten beside it.
 */
export class ConfigMapCheckpointSink implements CheckpointSink {
  readonly name: string;

  /** @param cluster throws while there is none */
  constructor(
    private readonly place: ConfigMapName,
    private readonly cluster: () => Cluster,
  ) {
    this.name = `the ConfigMap ${place.namespace}/${place.name}`;
  }

  async store(checkpoint: Checkpoint): Promise<void> {
    const { kind, chain } = checkpoint;
    const key = kind === 'head' ? `${chain}.head` : chain;
    const data = { [key]: `${JSON.stringify(checkpoint)}\n` };
    try {
      // A server that begins makes room for its chain.
      const old = kind === 'start' ? await this.oldKeys() : [];
      await this.patch({ ...Object.fromEntries(old.map((one) => [one, null])), ...data });
    } catch (error) {
      if (!(error instanceof ToolError && error.code === 'not_found')) throw error;
      await this.create(data);
    }
  }

  private async oldKeys(): Promise<string[]> {
    const { data = {} } = await this.cluster().request<ConfigMap>(this.path, this.limits);
    const kept = Object.entries(data).map(([key, line]) => ({ key, time: timeOf(line) }));
    return kept
      .toSorted((a, b) => b.time - a.time)
      .slice(MAX_KEPT - 1)
      .map(({ key }) => key);
  }

  private async patch(data: Record<string, string | null>): Promise<void> {
    await this.cluster().request(this.path, {
      method: 'PATCH',
      contentType: 'application/merge-patch+json',
      body: { data },
      ...this.limits,
    });
  }

  private async create(data: Record<string, string>): Promise<void> {
    const { namespace, name } = this.place;
    await this.cluster().request(`/api/v1/namespaces/${namespace}/configmaps`, {
      method: 'POST',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data },
      ...this.limits,
    });
  }

  private get path(): string {
    const { namespace, name } = this.place;
    return `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  }

  private get limits() {
    return { signal: AbortSignal.timeout(ANSWER_MS) };
  }
}

/** When the checkpoint of a line was made. What is none goes first. */
function timeOf(line: string): number {
  try {
    const value: unknown = JSON.parse(line);
    return isCheckpoint(value) ? Date.parse(value.time) : 0;
  } catch {
    return 0;
  }
}
