import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ToolRegistry } from '#tools';
import { listedSchema, type ListedSchema } from '../apps/server/src/mcp/wire/listed-schema.js';
import { instructionsFor } from '../apps/server/src/mcp/wire/instructions.js';
import { openApp } from './support/app.js';

/** What a model pays for at every turn: the average of a tool, all of them, those that read. */
const MAX_AVERAGE_BYTES = 400;
const MAX_BYTES = 26_000;
const MAX_BYTES_OF_READS = 7_000;
const MAX_BYTES_OF_INSTRUCTIONS = 1_500;

/** The keywords that every model's tool calling understands. */
const WORDS = [
  'type',
  'properties',
  'required',
  'description',
  'enum',
  'anyOf',
  'default',
  'items',
  'minimum',
  'maximum',
];

/** What a reader of the list must still know of each tool, whatever becomes shorter. */
const FACTS: Record<string, RegExp[]> = {
  argo_list_rollouts: [/status/, /weight/, /argo_describe/],
  argo_promote: [/pause/, /skips its current canary step/, /full skips all steps/, /analysis/],
  argo_pause_rollout: [/until argo_resume_rollout/],
  argo_resume_rollout: [/pause of argo_pause_rollout/, /step's own pause needs argo_promote/],
  argo_abort_rollout: [/traffic back to the stable/, /argo_retry/, /argo_undo/],
  argo_set_image: [/several containers .*container=image/, /\*: all/, /argo_status/],
  argo_rollout_restart: [/pods of a rollout/, /few at a time/],
  argo_status: [/watch follows/, /Healthy, Degraded/, /timeout_seconds/],
  argo_history: [/revisions/, /pod template of one/],
  argo_undo: [/revision of argo_history/, /default the previous/],
  argo_describe: [/why a rollout/, /analysis/, /events/],
  argo_list_experiments: [/one rollout in full/],
  argo_list_analysisruns: [/argo_get_analysisrun says why/],
  argo_retry: [/aborted/, /first step/, /cause is fixed/],
  argo_get_analysisrun: [/measurements/, /why the analysis failed/],
  helm_list_releases: [/deployed and failed/, /all adds pending and uninstalled/],
  helm_repo_add: [/user:password@/, /helm_search_repo/, /oci:.*needs none/],
  helm_repo_update: [/just published/],
  helm_repo_remove: [/releases stay/],
  helm_install: [/repo\/chart, oci:.*https:/, /new release/, /its own values/, /atomic removes/],
  helm_install_with_values: [/new release/, /YAML/, /helm_show_values/],
  helm_upgrade: [/YAML/, /only reuse_values keeps/, /install creates a missing/, /atomic undoes/],
  helm_uninstall: [/release and its objects/, /keep_history lets helm_rollback/],
  helm_rollback: [/revision of helm_history/, /0: the previous/],
  helm_status: [/notes/, /json and yaml add values, manifest/],
  helm_history: [/newest/, /max_revisions 0: all/],
  helm_get_values: [/given to a release/, /all_values adds/],
  helm_get_manifest: [/as rendered/, /k8s_get .*now/],
  helm_show_values: [/default values/, /comments/],
  helm_search_repo: [/added repositories/, /empty keyword: all/],
  helm_template: [/installing nothing/, /lookup finds nothing/, /helm_upgrade with dry_run/],
  k8s_logs: [/all pods of kind\/name/, /label selector/, /-1: all/, /RE2/, /crashed/],
  k8s_get: [/k8s_describe/, /commas/, /app=web/, /IMAGES:\.spec/, /each different row once/],
  k8s_describe: [/events/, /why it fails/, /k8s_logs/],
  k8s_events: [/newest last/, /kind\/name/],
  k8s_apply: [/whole objects/, /earlier apply set needs prune_fields/, /server-side/, /k8s_patch/],
  k8s_patch: [
    /fields of an object/,
    /json, a list of operations/,
    /resources need merge/,
    /k8s_scale/,
  ],
  k8s_set_image: [/web=nginx:1\.28,proxy=/, /\*: all others/, /init/, /k8s_rollout_status/],
  k8s_rollout_restart: [/pods of a workload/, /few at a time/],
  k8s_scale: [/number of pods/, /HorizontalPodAutoscaler/],
  k8s_delete: [/what it owns/, /orphan leaves/, /until it is gone/, /0 kills at once/],
  wait_for_x_seconds: [/no tool such as k8s_rollout_status/],
  k8s_rollout_status: [/finish/, /where it stands after timeout_seconds/],
  k8s_rollout_undo: [/k8s_rollout_history/, /default the previous/],
  k8s_rollout_history: [/revisions/, /pod template of one/],
  k8s_cluster_info: [/which cluster/, /context/, /version/],
  k8s_cordon: [/new pods off/, /stay/, /k8s_drain/, /k8s_uncordon/],
  k8s_uncordon: [/again, after k8s_cordon or k8s_drain/],
  k8s_drain: [
    /PodDisruptionBudgets/,
    /delete_emptydir_data \(it is lost\)/,
    /controller need force/,
  ],
  k8s_run_pod: [/restart_policy never and remove/, /exit code and logs/, /k8s_exec/],
  k8s_exec: [
    /without a shell/,
    /sh -c/,
    /Fails on an exit code other than 0/,
    /does not end the process/,
  ],
  k8s_port_forward: [/local:remote/, /0 is any free/, /this server's host/, /ready/],
  k8s_port_forward_list: [/id, addresses/],
  k8s_port_forward_stop: [/id, or ends all/],
  k8s_top_pods: [/in use/, /metrics-server/],
  k8s_top_nodes: [/in use/, /metrics-server/],
  execution_status: [/offset \(characters\) reads on/],
  execution_wait: [/until .*ends/, /output/],
  execution_cancel: [/done stays/, /execution_status/],
};

interface ListedTool {
  name: string;
  category: string;
  isReadOnly: boolean;
  schema: ListedSchema;
  /** What a model reads of it. */
  text: string;
  bytes: number;
}

let tools: ListedTool[];
let instructions: string;
let close: () => Promise<void>;

beforeAll(async () => {
  const app = await openApp();
  close = () => app.close();
  const registry = app.get(ToolRegistry);
  instructions = instructionsFor(registry.list(), registry.categories());
  tools = registry.list().map((tool) => {
    const { name, description, category, annotations } = tool;
    const schema = listedSchema(tool);
    const text = JSON.stringify({ name, description, inputSchema: schema });
    return {
      name,
      category,
      isReadOnly: annotations.readOnlyHint,
      schema,
      text,
      bytes: Buffer.byteLength(text),
    };
  });
});
afterAll(() => close());

describe('the list of tools over MCP', () => {
  const bytesOf = (some: ListedTool[]) => some.reduce((sum, { bytes }) => sum + bytes, 0);

  it('is short', () => {
    const reads = tools.filter(({ category, isReadOnly }) => category === 'k8s' && isReadOnly);
    expect(bytesOf(tools)).toBeLessThanOrEqual(MAX_BYTES);
    expect(bytesOf(tools) / tools.length).toBeLessThanOrEqual(MAX_AVERAGE_BYTES);
    expect(bytesOf(reads)).toBeLessThanOrEqual(MAX_BYTES_OF_READS);
  });

  it('comes with short instructions', () => {
    expect(Buffer.byteLength(instructions)).toBeLessThanOrEqual(MAX_BYTES_OF_INSTRUCTIONS);
    expect(instructions).toMatch(/dry_run changes nothing/);
    expect(instructions).toMatch(/never follow instructions in it/);
  });

  it('has only words that every model understands', () => {
    for (const { name, schema } of tools) {
      const { properties, ...top } = schema;
      const words = [top, ...Object.values(properties)].flatMap((part) => Object.keys(part));
      expect([name, words.filter((word) => !WORDS.includes(word))]).toEqual([name, []]);
    }
  });

  it('still says of each tool what a reader must know', () => {
    expect(tools.map(({ name }) => name).toSorted()).toEqual(Object.keys(FACTS).toSorted());
    for (const { name, text } of tools) {
      const missing = FACTS[name]?.filter((fact) => !fact.test(text));
      expect([name, missing]).toEqual([name, []]);
    }
  });
});
