import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from './support/server.js';

interface ListedTool {
  name: string;
  title: string;
  description: string;
  category: string;
  tags: string[];
  annotations: Record<string, unknown>;
  input_schema: Schema;
}

interface Schema {
  type: string;
  properties: Record<string, Record<string, unknown>>;
  required?: string[];
  additionalProperties: boolean;
}

const WORDS = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'description',
  'enum',
  'anyOf',
  'default',
  'items',
  'minimum',
  'maximum',
  'pattern',
];
const CATEGORY_ORDER = ['argo', 'helm', 'k8s'];

const HINTS_OF_ALL = [
  'readOnlyHint',
  'destructiveHint',
  'idempotentHint',
  'openWorldHint',
] as const;

/**
 * Tool → its hints in the order of `HINTS_OF_ALL`. A change here is a change of what runs without
 * approval.
 */
const HINTS: Record<string, boolean[]> = {
  argo_list_rollouts: [true, false, true, false],
  argo_promote: [false, true, false, false],
  argo_pause_rollout: [false, false, true, false],
  argo_resume_rollout: [false, false, true, false],
  argo_abort_rollout: [false, true, true, false],
  argo_set_image: [false, true, true, false],
  argo_rollout_restart: [false, true, false, false],
  argo_status: [true, false, true, false],
  argo_history: [true, false, true, false],
  argo_undo: [false, true, false, false],
  argo_describe: [true, false, true, false],
  argo_list_experiments: [true, false, true, false],
  argo_list_analysisruns: [true, false, true, false],
  argo_retry: [false, false, false, false],
  argo_get_analysisrun: [true, false, true, false],
  helm_list_releases: [true, false, true, false],
  helm_repo_add: [false, false, true, true],
  helm_repo_update: [false, false, true, true],
  helm_repo_remove: [false, false, true, false],
  helm_install: [false, false, false, true],
  helm_install_with_values: [false, false, false, true],
  helm_upgrade: [false, true, false, true],
  helm_uninstall: [false, true, true, false],
  helm_rollback: [false, true, false, false],
  helm_status: [true, false, true, false],
  helm_history: [true, false, true, false],
  helm_get_values: [true, false, true, false],
  helm_get_manifest: [true, false, true, false],
  helm_show_values: [true, false, true, true],
  helm_search_repo: [true, false, true, false],
  helm_template: [true, false, true, true],
  k8s_logs: [true, false, true, false],
  k8s_get: [true, false, true, false],
  k8s_describe: [true, false, true, false],
  k8s_events: [true, false, true, false],
  wait_for_x_seconds: [true, false, true, false],
  k8s_rollout_status: [true, false, true, false],
  k8s_rollout_history: [true, false, true, false],
  k8s_cluster_info: [true, false, true, false],
  k8s_top_pods: [true, false, true, false],
  k8s_top_nodes: [true, false, true, false],
  k8s_apply: [false, true, true, false],
  k8s_patch: [false, true, false, false],
  k8s_set_image: [false, true, true, false],
  k8s_rollout_restart: [false, true, false, false],
  k8s_scale: [false, true, true, false],
  k8s_delete: [false, true, true, false],
  k8s_rollout_undo: [false, true, false, false],
  k8s_cordon: [false, false, true, false],
  k8s_uncordon: [false, false, true, false],
  k8s_drain: [false, true, true, false],
  k8s_run_pod: [false, false, false, true],
  k8s_exec: [false, true, false, true],
  k8s_port_forward: [false, false, false, true],
  k8s_port_forward_list: [true, false, true, false],
  k8s_port_forward_stop: [false, false, true, false],
  execution_status: [true, false, true, false],
  execution_wait: [true, false, true, false],
  execution_cancel: [false, false, true, false],
};

let server: RunningServer;
let tools: ListedTool[];
let paths: Record<
  string,
  { post?: { operationId: string; requestBody?: { content: Record<string, { schema: Schema }> } } }
>;
beforeAll(async () => {
  server = await startServer();
  const read = async (path: string): Promise<unknown> => (await fetch(server.url + path)).json();
  ({ tools } = (await read('/engine/v1/tools')) as { tools: ListedTool[] });
  ({ paths } = (await read('/openapi.json')) as { paths: typeof paths });
});
afterAll(() => server.stop());

describe('the whole registry', () => {
  it('is what was published', () => {
    const published = tools.map(
      ({ name, title, description, tags, annotations, input_schema }) => ({
        name,
        title,
        description,
        tags,
        annotations,
        input_schema,
      }),
    );
    expect(published).toMatchSnapshot();
  });

  it('is listed by category', () => {
    const categories = tools.map(({ category }) => CATEGORY_ORDER.indexOf(category));
    expect(categories).toEqual(categories.toSorted((a, b) => a - b));
  });

  it('has the hints that approval rests on', () => {
    const hints = tools.map(({ name, annotations }) => [
      name,
      HINTS_OF_ALL.map((hint) => annotations[hint]),
    ]);
    expect(Object.fromEntries(hints)).toEqual(HINTS);
  });

  it('has for each tool a name, title, description and tags in the form that clients read', () => {
    for (const { name, title, description, category, tags, annotations } of tools) {
      expect(name).toMatch(/^(k8s|argo|helm|execution)_[a-z_]+$|^wait_for_x_seconds$/);
      expect(title).toMatch(/\S/);
      expect(description).toMatch(/^[A-Z].{40,}\.$/);
      expect(tags[0]).toBe(category);
      expect(Object.keys(annotations).toSorted()).toEqual(HINTS_OF_ALL.toSorted());
    }
  });

  it('has schemas of only the words that every model understands', () => {
    for (const { name, input_schema: schema } of tools) {
      const { properties, ...top } = schema;
      const words = [
        ...Object.keys(top),
        ...Object.values(properties).flatMap((property) => Object.keys(property)),
      ];
      expect([name, words.filter((word) => !WORDS.includes(word))]).toEqual([name, []]);
      expect([name, schema.type, schema.additionalProperties]).toEqual([name, 'object', false]);
      for (const [parameter, property] of Object.entries(properties)) {
        expect([name, parameter, property['description']]).toEqual([
          name,
          parameter,
          expect.stringMatching(/\S/),
        ]);
        const isOptional = !(schema.required ?? []).includes(parameter);
        if (!isOptional) expect(property).not.toHaveProperty('default');
        if ('pattern' in property)
          expect(() => new RegExp(String(property['pattern']))).not.toThrow();
      }
    }
  });

  it('has for each tool an OpenAPI operation with the same schema', () => {
    for (const { name, category, input_schema } of tools) {
      const operation = paths[`/engine/v1/tools/${category}/${name}/execute`]?.post;
      expect(operation?.operationId).toBe(name);
      expect(operation?.requestBody?.content['application/json']?.schema).toEqual(input_schema);
    }
  });
});
