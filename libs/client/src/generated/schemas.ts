/** Generated from the OpenAPI document by `npm run docs:tools`. */

export interface paths {
  '/engine/v1/tools': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the tools
     * @description Those that the caller may use, with their parameters.
     */
    get: operations['list_tools'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/tools/categories': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the categories of tools
     * @description Their names, which stand in the paths of their tools.
     */
    get: operations['list_categories'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/tools/{category}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the tools of one category
     * @description Those that the caller may use, with their parameters.
     */
    get: operations['list_tools_of_category'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/tools/{category}/{tool}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Show one tool
     * @description Its parameters, what it may do, and whether it is available.
     */
    get: operations['get_tool'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/executions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the executions, newest first
     * @description The caller sees its own. `next` of a page is `after` of the next one.
     */
    get: operations['list_executions'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/executions/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Show one execution
     * @description Its status, and its output or error once it has ended. Answers at once.
     */
    get: operations['get_execution'];
    put?: never;
    post?: never;
    /**
     * Cancel an execution
     * @description Waits a moment for its end. One that has ended is a conflict. What it has
     * changed stays.
     */
    delete: operations['cancel_execution'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/executions/{id}/output': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read the whole output of an execution in pieces
     * @description `X-Next-Offset` is the `offset` of the next piece. The last piece has none.
     */
    get: operations['get_execution_output'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/executions/{id}/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow the events of a running or ended execution (server-sent events)
     * @description The last event is `result`, or `closing` where the server ends the stream
     * before it. The same request with `Last-Event-ID` goes on from there.
     */
    get: operations['follow_execution'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/engine/v1/audit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List the audit, newest first
     * @description Needs the scope skyflo:audit. `next` of a page is `after` of the next one.
     */
    get: operations['list_audit'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whether the server runs
     * @description For liveness probes. Asks no cluster.
     */
    get: operations['health'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/ready': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whether clusters and programs can be reached; on this machine also which of them cannot
     * @description For readiness probes. A server that reaches some of its clusters is ready.
     */
    get: operations['ready'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description A problem document (RFC 9457). */
    Problem: {
      title: string;
      status: number;
      code: components['schemas']['ErrorCode'];
      /** @description What failed, and what to do next. */
      detail: string;
      /** @description Whether the same call may succeed later and is safe to repeat. */
      retryable: boolean;
      errors?: components['schemas']['FieldError'][];
      /** @description The output of the tool before the failure. */
      output?: string;
      /**
       * Format: uuid
       * @description UUID of this run. The log has it too.
       */
      execution_id?: string;
      /** @description The id of the request: its X-Request-Id, or a new one. */
      request_id: string;
    };
    /** @enum {string} */
    ErrorCode:
      | 'invalid_input'
      | 'unauthenticated'
      | 'forbidden'
      | 'approval_required'
      | 'not_found'
      | 'conflict'
      | 'precondition'
      | 'busy'
      | 'cancelled'
      | 'failed'
      | 'upstream'
      | 'unavailable'
      | 'timeout'
      | 'internal';
    /** @description A wrong parameter, and what is wrong with it. */
    FieldError: {
      field: string;
      message: string;
      /** @description What would be right. */
      accepts?: string;
    };
    ToolAnswer: {
      /** @enum {string} */
      status: 'success';
      /** @description The output of the tool. */
      result: string;
      /**
       * @description The output as structured data. Only with `data=true`, and only from
       * tools that have it.
       */
      data?: unknown;
      /**
       * Format: uuid
       * @description UUID of this run. The log has it too.
       */
      execution_id: string;
    };
    Accepted: {
      /** @enum {string} */
      status: 'accepted';
      /**
       * Format: uuid
       * @description UUID of this run. The log has it too.
       */
      execution_id: string;
    };
    Tool: {
      name: string;
      title: string;
      description: string;
      category: string;
      tags: string[];
      annotations: {
        readOnlyHint: boolean;
        destructiveHint: boolean;
        idempotentHint: boolean;
        openWorldHint: boolean;
      };
      /** @description JSON Schema of its parameters. */
      input_schema: {
        [key: string]: unknown;
      };
      parameters: components['schemas']['ToolParameter'][];
      /** @enum {string} */
      return_type: 'string';
      /** @description Whether it is not read-only. */
      approval_required: boolean;
      available: boolean;
      /** @description What is missing if the tool is not available. */
      unavailable_reason?: string;
    };
    ToolParameter: {
      name: string;
      /** @enum {string} */
      type: 'string' | 'integer' | 'boolean';
      description: string;
      required: boolean;
      /** @description The default value, or null if there is none. */
      default: string | number | boolean | null;
      aliases: string[];
      allow_null: boolean;
    };
    ToolList: {
      tools: components['schemas']['Tool'][];
    };
    Categories: string[];
    /** @description One run of a tool. Times are ISO 8601 in UTC. */
    Execution: {
      /**
       * Format: uuid
       * @description UUID of this run. The log has it too.
       */
      id: string;
      tool: string;
      category: string;
      /** @enum {string} */
      status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      started_at?: string;
      /** Format: date-time */
      finished_at?: string;
      /** @description The output. For a failed execution: the output before the failure. */
      result?: string;
      /** @description The output as structured data, if the tool has it. */
      data?: unknown;
      error?: components['schemas']['ExecutionError'];
    };
    /** @description Why an execution failed. */
    ExecutionError: {
      code: components['schemas']['ErrorCode'];
      /** @description What failed, and what to do next. */
      detail: string;
      /** @description Whether the same call may succeed later and is safe to repeat. */
      retryable: boolean;
      errors?: components['schemas']['FieldError'][];
    };
    ExecutionList: {
      executions: components['schemas']['Execution'][];
      /** @description The value of `after` for the next page. The last page has none. */
      next?: string;
    };
    /**
     * @description The data of one server-sent event, by its name: `progress`, `output`,
     * `result` (the execution, which has ended) or `closing`. Each event but `closing` has an
     * id, which `Last-Event-ID` takes.
     */
    ExecutionEvent:
      | components['schemas']['ExecutionProgress']
      | components['schemas']['ExecutionOutput']
      | components['schemas']['Execution']
      | components['schemas']['StreamClosing'];
    /** @description The data of the event `progress`. */
    ExecutionProgress: {
      /** @description How far it is, in the unit of `total`. */
      progress: number;
      /** @description Left out where it is unknown. */
      total?: number;
      /** @description What it is doing. */
      message?: string;
      /** @description Whether all changes are made, and it only waits. */
      settled?: boolean;
    };
    /** @description The data of the event `output`. */
    ExecutionOutput: {
      /** @description The next piece of the output. */
      text: string;
    };
    /**
     * @description The data of the event `closing`: the stream ends before the execution does.
     */
    StreamClosing: {
      reason: string;
    };
    /** @description An entry of the audit, as it is kept: its hash is of all other fields. */
    AuditEntry: {
      /** @description The server that has made it, from its start to its end. */
      chain: string;
      /** @description Its place in the chain. */
      seq: number;
      /**
       * Format: date-time
       * @description In UTC.
       */
      time: string;
      /** @enum {string} */
      kind: 'call' | 'intent' | 'outcome';
      principal: {
        id: string;
        name: string;
        /** @description Who acted for the principal. */
        actor?: string;
      };
      /** @description The way in: rest, mcp or stdio. */
      door: string;
      tool: string;
      /** @description Of free text a keyed digest and the length. */
      arguments?: {
        [key: string]: unknown;
      };
      context?: string;
      /** @enum {string} */
      effect?: 'read' | 'egress' | 'create' | 'update' | 'delete' | 'exec' | 'escalate';
      /** @enum {string} */
      decision: 'allowed' | 'refused';
      /** @description What decided. */
      rule?: string;
      objects?: components['schemas']['AuditedObject'][];
      /** @description Objects beyond those that are kept. */
      moreObjects?: number;
      /** @enum {string} */
      outcome?: 'done' | 'failed' | 'refused' | 'unknown';
      code?: components['schemas']['ErrorCode'];
      /** @description What an API server has answered a request with. */
      status?: number;
      /** @description Of an outcome: the entry of its intent. */
      intent?: {
        chain: string;
        seq: number;
      };
      durationMs?: number;
      /** @description Bytes of the answer. */
      bytes?: number;
      executionId?: string;
      /** @description Calls before this one that are not kept. */
      lost?: number;
      /** @description The hash of the entry before. */
      previous: string;
      hash: string;
    };
    /**
     * @description What a request to an API server was about, by its resource, or what a call
     * has changed, by its kind.
     */
    AuditedObject: {
      /** @description As RBAC names it. */
      verb?: string;
      /** @description The API group. The core group is left out. */
      group?: string;
      /** @description The plural. */
      resource?: string;
      kind?: string;
      subresource?: string;
      namespace?: string;
      name?: string;
      /** @description Of what was sent. */
      body?: {
        /** @description HMAC-SHA256. */
        digest: string;
        length: number;
      };
      /** @description What has changed, without values of Secrets. */
      diff?: string;
      /** @description Characters of the whole diff, where not all is kept. */
      diffLength?: number;
    };
    AuditList: {
      entries: components['schemas']['AuditEntry'][];
      /** @description The value of `after` for the next page. The last page has none. */
      next?: string;
    };
    Health: {
      /** @enum {string} */
      status: 'ok';
    };
    /** @description Strangers get the status alone. */
    Readiness: {
      /** @enum {string} */
      status: 'ready' | 'degraded' | 'error' | 'stopping';
      /** @description For each context "ok", or what is wrong. */
      contexts?: {
        [key: string]: string;
      };
      missing?: {
        /** @description What is missing on this machine or in a cluster. */
        reason: string;
        tools: string[];
      }[];
    };
    /** @description The parameters of each tool. */
    Tools: {
      /**
       * @description Lists rollouts: status and why, step, weight, pods, images. Then
       * argo_describe.
       */
      argo_list_rollouts: {
        /**
         * @description Namespace to look in. Ignored with all_namespaces.
         * @default default
         */
        namespace?: string;
        /**
         * @description Look in every namespace.
         * @default false
         */
        all_namespaces?: boolean;
      };
      /**
       * @description Ends a rollout's pause or skips its current canary step; full skips all
       * steps and analysis.
       */
      argo_promote: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Skip everything that is left: steps, pauses and analysis.
         * @default false
         */
        full?: boolean;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /** @description Stops a rollout where it is, until argo_resume_rollout. */
      argo_pause_rollout: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Ends the pause of argo_pause_rollout. A step's own pause needs
       * argo_promote.
       */
      argo_resume_rollout: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Gives all traffic back to the stable version. argo_retry starts again,
       * argo_undo gives up.
       */
      argo_abort_rollout: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Releases another image; with several containers as container=image (*:
       * all). Then argo_status.
       */
      argo_set_image: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description The image, such as "nginx:1.28", or container=image. A rollout with
         * several containers needs the container here or in container_name; "*" means every
         * container.
         */
        image: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /** @description The container that gets the image; init containers are included. */
        container_name?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /** @description Replaces the pods of a rollout, a few at a time. */
      argo_rollout_restart: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Shows step, weights and pods. watch follows until Healthy, Degraded,
       * waiting for somebody, or timeout_seconds.
       */
      argo_status: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Follow the rollout and report each change of step, weight and
         * health, until it is Healthy or Degraded, waits for somebody, or timeout_seconds
         * have passed.
         * @default false
         */
        watch?: boolean;
        /**
         * @description With watch: seconds to follow the rollout. Then the answer says
         * where it stands.
         * @default 60
         */
        timeout_seconds?: number;
      };
      /** @description Lists revisions with what changed, or shows the pod template of one. */
      argo_history: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description One revision to look at, with its pod template and what changed in
         * it. Left out, or 0: all revisions.
         */
        revision?: number;
      };
      /** @description Brings back a revision of argo_history, by default the previous. */
      argo_undo: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Revision to go back to, as argo_history lists it. Left out, or 0:
         * the one before the latest.
         */
        to_revision?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /**
       * @description Shows why a rollout stands where it does: revisions, pods, analysis,
       * events.
       */
      argo_describe: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
      };
      /** @description Lists experiments, or shows those of one rollout in full. */
      argo_list_experiments: {
        /**
         * @description Only the experiments of this rollout, in full, as JSON {"items":
         * [...]}.
         */
        rollout_name?: string;
        /** @description Namespace to look in. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Look in every namespace.
         * @default false
         */
        all_namespaces?: boolean;
      };
      /** @description Lists analysis runs. argo_get_analysisrun says why one failed. */
      argo_list_analysisruns: {
        /** @description Namespace to look in. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Look in every namespace.
         * @default false
         */
        all_namespaces?: boolean;
      };
      /**
       * @description Starts an aborted update again from its first step, once the cause is
       * fixed.
       */
      argo_retry: {
        /** @description Name of the rollout. */
        name: string;
        /**
         * @description Namespace of the rollout.
         * @default default
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /** @description Shows metrics, limits and measurements, and why the analysis failed. */
      argo_get_analysisrun: {
        /** @description Name of the analysis run. */
        name: string;
        /**
         * @description Namespace of the analysis run.
         * @default default
         */
        namespace?: string;
      };
      /**
       * @description Lists deployed and failed releases; all adds pending and uninstalled.
       */
      helm_list_releases: {
        /** @description Namespace to look in. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Look in every namespace. Leave namespace out with this.
         * @default false
         */
        all_namespaces?: boolean;
        /**
         * @description Also releases that are pending, being uninstalled, or uninstalled
         * with their history kept. Otherwise only those that are deployed or failed.
         * @default false
         */
        all?: boolean;
        /**
         * @description Maximum number of releases to list.
         * @default 256
         */
        limit?: number;
        /**
         * @description Format of the answer.
         * @default table
         * @enum {string}
         */
        output?: 'table' | 'json' | 'yaml';
      };
      /**
       * @description Adds a chart repository (url may hold user:password@) for
       * helm_search_repo; oci:// needs none.
       */
      helm_repo_add: {
        /**
         * @description Name for the repository. Its charts are then called "name/chart".
         */
        name: string;
        /**
         * @description Its address, such as "https://charts.jetstack.io". It may contain
         * user and password (https://user:password@host); they are never shown. OCI
         * registries need no adding: use the chart "oci://registry/path/chart".
         */
        url: string;
      };
      /** @description Fetches all indexes again, if a chart just published is not found. */
      helm_repo_update: Record<string, never>;
      /** @description Removes a chart repository from this server. Its releases stay. */
      helm_repo_remove: {
        /** @description Name of the repository, as it was given to helm_repo_add. */
        name: string;
      };
      /**
       * @description Installs a chart (repo/chart, oci:// or https:// URL) as a new release
       * with its own values; atomic removes a failed one.
       */
      helm_install: {
        /** @description Name for the new release. It must be free in the namespace. */
        release_name: string;
        /**
         * @description The chart: "repository/chart" of a repository added by
         * helm_repo_add, "oci://registry/path/chart", "https://host/chart-1.2.3.tgz", or
         * "./chart" in the folder that this server allows, if any.
         */
        chart: string;
        /**
         * @description Namespace to install into.
         * @default default
         */
        namespace?: string;
        /**
         * @description Create the namespace if it does not exist.
         * @default true
         */
        create_namespace?: boolean;
        /**
         * @description Wait until all objects are ready, at most timeout_seconds; otherwise
         * return as soon as they are created.
         * @default true
         */
        wait?: boolean;
        /**
         * @description Version of the chart, or a constraint such as "^2.0.0" or ">=1.2
         * <2". Left out: the latest that is not a pre-release.
         */
        version?: string;
        /**
         * @description Seconds to wait for hooks and, with wait, for the objects to be
         * ready. The call fails if they are not done by then.
         * @default 300
         */
        timeout_seconds?: number;
        /**
         * @description Remove everything again if the installation fails. Always waits.
         * @default false
         */
        atomic?: boolean;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Installs a chart as a new release with values (YAML). helm_show_values
       * says what can be set.
       */
      helm_install_with_values: {
        /** @description Name for the new release. It must be free in the namespace. */
        release_name: string;
        /**
         * @description The chart: "repository/chart" of a repository added by
         * helm_repo_add, "oci://registry/path/chart", "https://host/chart-1.2.3.tgz", or
         * "./chart" in the folder that this server allows, if any.
         */
        chart: string;
        /**
         * @description Namespace to install into.
         * @default default
         */
        namespace?: string;
        /**
         * @description Create the namespace if it does not exist.
         * @default true
         */
        create_namespace?: boolean;
        /**
         * @description Wait until all objects are ready, at most timeout_seconds; otherwise
         * return as soon as they are created.
         * @default true
         */
        wait?: boolean;
        /**
         * @description Version of the chart, or a constraint such as "^2.0.0" or ">=1.2
         * <2". Left out: the latest that is not a pre-release.
         */
        version?: string;
        /**
         * @description Seconds to wait for hooks and, with wait, for the objects to be
         * ready. The call fails if they are not done by then.
         * @default 300
         */
        timeout_seconds?: number;
        /**
         * @description Remove everything again if the installation fails. Always waits.
         * @default false
         */
        atomic?: boolean;
        /**
         * @description Values for the chart, as YAML: they override the chart's own
         * (helm_show_values shows those).
         */
        values: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Changes values (YAML) or chart version of a release; only reuse_values
       * keeps other values. install creates a missing one, atomic undoes a failure.
       */
      helm_upgrade: {
        /** @description Name of the release. */
        release_name: string;
        /**
         * @description The chart: "repository/chart" of a repository added by
         * helm_repo_add, "oci://registry/path/chart", "https://host/chart-1.2.3.tgz", or
         * "./chart" in the folder that this server allows, if any.
         */
        chart: string;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Install the release if it does not exist.
         * @default true
         */
        install?: boolean;
        /**
         * @description Wait until all objects are ready, at most timeout_seconds; otherwise
         * return as soon as they are changed.
         * @default true
         */
        wait?: boolean;
        /**
         * @description Values for the chart, as YAML: they override the chart's own
         * (helm_show_values shows those).
         */
        values?: string;
        /**
         * @description Keep the current values of the release, and change only what values
         * sets. Otherwise what values leaves out goes back to the chart's own values.
         * @default false
         */
        reuse_values?: boolean;
        /**
         * @description Version of the chart, or a constraint such as "^2.0.0" or ">=1.2
         * <2". Left out: the latest that is not a pre-release.
         */
        version?: string;
        /**
         * @description Seconds to wait for hooks and, with wait, for the objects to be
         * ready. The call fails if they are not done by then.
         * @default 300
         */
        timeout_seconds?: number;
        /**
         * @description Roll back to the previous revision if the upgrade fails. Always
         * waits.
         * @default false
         */
        atomic?: boolean;
        /**
         * @description If the release is installed: create the namespace if it does not
         * exist.
         * @default true
         */
        create_namespace?: boolean;
        /**
         * @description With Helm 4: take over fields that others manage, such as replicas
         * that were scaled by hand. Otherwise the call fails and names them. Helm 3 always
         * takes them over.
         * @default false
         */
        force_conflicts?: boolean;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Deletes a release and its objects. keep_history lets helm_rollback bring
       * it back.
       */
      helm_uninstall: {
        /** @description Name of the release, as helm_list_releases shows it. */
        release_name: string;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Keep the revisions, so that helm_rollback can bring the release
         * back.
         * @default false
         */
        keep_history?: boolean;
        /**
         * @description Wait until all objects are gone, at most timeout_seconds.
         * @default false
         */
        wait?: boolean;
        /**
         * @description Seconds to wait for hooks and, with wait, for the objects to be
         * ready. The call fails if they are not done by then.
         * @default 300
         */
        timeout_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /** @description Brings back a revision of helm_history (0: the previous). */
      helm_rollback: {
        /** @description Name of the release, as helm_list_releases shows it. */
        release_name: string;
        /**
         * @description Revision to go back to; helm_history lists them. 0: the one before
         * the last.
         */
        revision: number;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Wait until all objects are ready, at most timeout_seconds.
         * @default true
         */
        wait?: boolean;
        /**
         * @description Seconds to wait for hooks and, with wait, for the objects to be
         * ready. The call fails if they are not done by then.
         * @default 300
         */
        timeout_seconds?: number;
        /**
         * @description With Helm 4: take over fields that others manage, such as replicas
         * that were scaled by hand. Otherwise the call fails and names them. Helm 3 always
         * takes them over.
         * @default false
         */
        force_conflicts?: boolean;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /** @description Shows state and notes; json and yaml add values, manifest and hooks. */
      helm_status: {
        /** @description Name of the release, as helm_list_releases shows it. */
        release_name: string;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Format of the answer: "table" has the state and the notes; "json"
         * and "yaml" also have values, manifest and hooks.
         * @default table
         * @enum {string}
         */
        output?: 'table' | 'json' | 'yaml';
        /** @description Revision to show. Left out: the last one. */
        revision?: number;
      };
      /** @description Lists the newest revisions (max_revisions 0: all). */
      helm_history: {
        /** @description Name of the release, as helm_list_releases shows it. */
        release_name: string;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Maximum number of revisions to list: the newest ones. 0: all that
         * are kept.
         * @default 10
         */
        max_revisions?: number;
        /**
         * @description Format of the answer.
         * @default table
         * @enum {string}
         */
        output?: 'table' | 'json' | 'yaml';
      };
      /** @description Shows values given to a release; all_values adds those of its chart. */
      helm_get_values: {
        /** @description Name of the release, as helm_list_releases shows it. */
        release_name: string;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Format of the answer.
         * @default yaml
         * @enum {string}
         */
        output?: 'table' | 'json' | 'yaml';
        /**
         * @description Also the chart's own values where they were not overridden.
         * Otherwise only those that were given.
         * @default false
         */
        all_values?: boolean;
        /** @description Revision to show. Left out: the last one. */
        revision?: number;
      };
      /** @description Shows objects as rendered. k8s_get has them as they are now. */
      helm_get_manifest: {
        /** @description Name of the release, as helm_list_releases shows it. */
        release_name: string;
        /** @description Namespace of the release. Left out: the context's own namespace. */
        namespace?: string;
        /** @description Revision to show. Left out: the last one. */
        revision?: number;
      };
      /** @description Shows the default values of a chart, with comments. */
      helm_show_values: {
        /**
         * @description The chart: "repository/chart" of a repository added by
         * helm_repo_add, "oci://registry/path/chart", "https://host/chart-1.2.3.tgz", or
         * "./chart" in the folder that this server allows, if any.
         */
        chart: string;
        /**
         * @description Version of the chart, or a constraint such as "^2.0.0" or ">=1.2
         * <2". Left out: the latest that is not a pre-release.
         */
        version?: string;
      };
      /** @description Finds charts in the added repositories (empty keyword: all). */
      helm_search_repo: {
        /**
         * @description Words to look for in names, keywords and descriptions of charts. "":
         * all charts.
         */
        keyword: string;
        /**
         * @description Only chart versions that fit, such as "1.2.3", "^2.0.0" or
         * ">0.0.0-0", which also has pre-releases.
         */
        version?: string;
        /**
         * @description Maximum width of a column in characters; longer texts are cut. 0: no
         * limit.
         * @default 50
         */
        max_col_width?: number;
      };
      /**
       * @description Renders a chart, installing nothing; lookup finds nothing. For a diff
       * use helm_upgrade with dry_run.
       */
      helm_template: {
        /** @description Name of the release to render for. */
        release_name: string;
        /**
         * @description The chart: "repository/chart" of a repository added by
         * helm_repo_add, "oci://registry/path/chart", "https://host/chart-1.2.3.tgz", or
         * "./chart" in the folder that this server allows, if any.
         */
        chart: string;
        /** @description Left out: "default". */
        namespace?: string;
        /**
         * @description Values for the chart, as YAML: they override the chart's own
         * (helm_show_values shows those).
         */
        values?: string;
        /**
         * @description Also the chart's custom resource definitions.
         * @default false
         */
        include_crds?: boolean;
        /**
         * @description Version of the chart, or a constraint such as "^2.0.0" or ">=1.2
         * <2". Left out: the latest that is not a pre-release.
         */
        version?: string;
      };
      /**
       * @description Last num_lines (-1: all) of a pod, all pods of kind/name or a label
       * selector. grep, exclude: RE2; since: 5m; previous: crashed containers.
       */
      k8s_logs: {
        /**
         * @description What to read: a pod ("web-7d4b9"), a workload as kind/name
         * ("deployment/web") for all of its pods, or a label selector ("app=web").
         */
        pod_name: string;
        /**
         * @description Namespace of the pods.
         * @default default
         */
        namespace?: string;
        /**
         * @description Most lines of each container, counted from the end; with grep or
         * exclude, only lines that pass are counted. -1 for all.
         * @default 50
         */
        num_lines?: number;
        /**
         * @description Container to read. Left out: the pod's only one, or the one that its
         * default-container annotation names.
         */
        container_name?: string;
        /**
         * @description Only lines younger than this, such as "5s", "2m" or "3h"; from 1s to
         * 87600h (ten years).
         */
        since?: string;
        /**
         * @description Read the instance that ran before the last restart.
         * @default false
         */
        previous?: boolean;
        /**
         * @description Read every container of each pod, init containers too.
         * @default false
         */
        all_containers?: boolean;
        /**
         * @description Only lines that match this regular expression (RE2 syntax; "(?i)"
         * ignores case).
         */
        grep?: string;
        /** @description Leave out lines that match this regular expression (RE2 syntax). */
        exclude?: string;
        /**
         * @description Show more than three equal lines in a row as one line and a count,
         * whatever the times before them.
         * @default true
         */
        fold?: boolean;
        /**
         * @description Continue with new lines as they come, until timeout_seconds.
         * @default false
         */
        follow?: boolean;
        /**
         * @description With follow: seconds to follow for.
         * @default 60
         */
        timeout_seconds?: number;
      };
      /**
       * @description Lists objects of one or more kinds, or gets some by name (joined by
       * commas), as the table of kubectl. Use fields for a few values of many objects, and
       * k8s_describe for why one fails.
       */
      k8s_get: {
        /**
         * @description One kind ("pods", "deploy"), several joined by commas, "all", or
         * kind/name.
         */
        resource_type: string;
        /** @description One name, or several joined by commas. */
        name?: string;
        /**
         * @description Look in every namespace.
         * @default false
         */
        all_namespaces?: boolean;
        /** @description Namespace to look in. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Left out: a table. yaml omits defaults; json: whole.
         * @enum {string}
         */
        output?: 'wide' | 'yaml' | 'json' | 'name';
        /** @description Such as "app=web,tier!=cache". */
        label_selector?: string;
        /** @description Such as "status.phase!=Running". */
        field_selector?: string;
        /**
         * @description Columns to show, as paths:
         * ".metadata.name,IMAGES:.spec.containers[*].image". No filters.
         */
        fields?: string;
        /**
         * @description With fields: each different row once, with its count.
         * @default false
         */
        distinct?: boolean;
        /** @description A path; "-" before it reverses. */
        sort_by?: string;
        /** @description Most objects. */
        limit?: number;
        /** @description From the last page's end. */
        cursor?: string;
      };
      /**
       * @description Shows state, conditions and events of an object: why it fails. Logs:
       * k8s_logs.
       */
      k8s_describe: {
        /** @description Name of the object. */
        name: string;
        /** @description Its kind, such as "pod", "deploy" or "rollouts.argoproj.io". */
        resource_type: string;
        /**
         * @description Its namespace; of no effect for kinds outside namespaces, such as
         * nodes.
         * @default default
         */
        namespace?: string;
      };
      /**
       * @description Lists what happened to an object or in a namespace, the newest last;
       * equal events are one line with a count.
       */
      k8s_events: {
        /** @description kind/name, such as "pod/web-0". */
        resource?: string;
        /**
         * @description Look in every namespace.
         * @default false
         */
        all_namespaces?: boolean;
        /** @description Namespace to look in. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Only this type.
         * @enum {string}
         */
        type?: 'normal' | 'warning';
        /** @description Such as "FailedScheduling". */
        reason?: string;
        /** @description Such as "30m". */
        since?: string;
        /**
         * @description Most events.
         * @default 50
         */
        limit?: number;
      };
      /**
       * @description Creates or changes whole objects (YAML or JSON, server-side apply).
       * Leaving out a field that an earlier apply set needs prune_fields. Single fields:
       * k8s_patch.
       */
      k8s_apply: {
        /**
         * @description The manifest: YAML or JSON of one or more objects of any kind;
         * documents are separated by "---". Give whole objects, as you would keep them in a
         * file: fields that an earlier apply has set and this one leaves out would be
         * removed.
         */
        content: string;
        /**
         * @description Namespace for objects that name none; one that names another is
         * refused. Left out: the context's own namespace.
         */
        namespace?: string;
        /**
         * @description Remove the fields that an earlier apply has set and this manifest
         * leaves out. Otherwise the call is refused and names them. Keys of ConfigMaps and
         * Secrets are always removed.
         * @default false
         */
        prune_fields?: boolean;
        /**
         * @description Take over fields that others manage, such as a controller or another
         * tool. Otherwise the call is refused and names them.
         * @default false
         */
        force_conflicts?: boolean;
        /**
         * @description Seconds until the apply stops, and says what was applied and what
         * was not.
         * @default 120
         */
        timeout_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /**
       * @description Changes fields of an object (patch: YAML or JSON; patch_type json, a
       * list of operations). Custom resources need merge. Simpler: k8s_scale, k8s_set_image.
       */
      k8s_patch: {
        /** @description Name of the object. */
        name: string;
        /**
         * @description Kind of the object: kind, plural or short name ("deployment",
         * "deploy", "rollouts.argoproj.io").
         */
        resource_type: string;
        /**
         * @description The patch as JSON or YAML: only the fields to change, such as
         * {"spec":{"paused":true}}; for the type json, a list of operations, such as
         * [{"op":"remove","path":"/metadata/labels/tier"}].
         */
        patch: string;
        /**
         * @description Namespace of the object.
         * @default default
         */
        namespace?: string;
        /**
         * @description How to read the patch: "strategic" merges lists such as containers
         * by their key, "merge" (JSON merge patch, RFC 7396) replaces lists whole and is
         * the one for custom resources, "json" is a list of operations (RFC 6902).
         * @default strategic
         * @enum {string}
         */
        patch_type?: 'strategic' | 'merge' | 'json';
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /**
       * @description Sets images, as web=nginx:1.28,proxy=envoy:v1 (*: all others), init
       * containers too. Then k8s_rollout_status.
       */
      k8s_set_image: {
        /** @description Name of the workload. */
        resource_name: string;
        /**
         * @description Its kind: any that has a pod template ("deployment", "daemonset",
         * "statefulset", "cronjob", "rollouts.argoproj.io"), or "pod".
         */
        resource_type: string;
        /**
         * @description One or more container=image pairs joined by commas, such as
         * "web=nginx:1.28,proxy=envoy:v1.36". Init containers count too; "*=image" means
         * every container that is not named.
         */
        container_images: string;
        /**
         * @description Namespace of the workload. Left out: the context's own namespace.
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /** @description Replaces the pods of a workload, a few at a time. */
      k8s_rollout_restart: {
        /** @description Name of the workload. */
        name: string;
        /**
         * @description Namespace of the workload.
         * @default default
         */
        namespace?: string;
        /**
         * @description Kind of the workload.
         * @default deployment
         * @enum {string}
         */
        resource_type?: 'deployment' | 'daemonset' | 'statefulset';
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /** @description Sets the number of pods. A HorizontalPodAutoscaler may set it back. */
      k8s_scale: {
        /** @description Name of the workload. */
        name: string;
        /**
         * @description Its kind: any that can be scaled, such as "deployment",
         * "statefulset", "replicaset" or "rollouts.argoproj.io".
         */
        resource_type: string;
        /** @description Number of pods to run. 0 stops the workload. */
        replicas: number;
        /**
         * @description Namespace of the workload.
         * @default default
         */
        namespace?: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /**
       * @description Deletes an object and what it owns (orphan leaves that); waits until it
       * is gone. grace_period_seconds 0 kills at once.
       */
      k8s_delete: {
        /** @description Name of the object. */
        name: string;
        /** @description Its kind, such as "pod", "deploy" or "rollouts.argoproj.io". */
        resource_type: string;
        /**
         * @description Its namespace; of no effect for kinds outside namespaces, such as
         * nodes.
         * @default default
         */
        namespace?: string;
        /**
         * @description What happens to the objects that it owns, such as the pods of a
         * deployment: "background" deletes them after it, "foreground" before it, "orphan"
         * leaves them.
         * @default background
         * @enum {string}
         */
        propagation?: 'background' | 'foreground' | 'orphan';
        /**
         * @description For pods: seconds that they get to stop by themselves; 0 kills at
         * once. Left out: the pod's own grace period.
         */
        grace_period_seconds?: number;
        /**
         * @description Seconds to wait until the object is gone; its deletion continues
         * after that. 0: do not wait.
         * @default 30
         */
        timeout_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /** @description Waits, where no tool such as k8s_rollout_status does. */
      wait_for_x_seconds: {
        /** @description Seconds to wait. */
        seconds: number;
      };
      /**
       * @description Waits for a rollout to finish, or says where it stands after
       * timeout_seconds, and why.
       */
      k8s_rollout_status: {
        /** @description Name of the workload. */
        name: string;
        /**
         * @description Namespace of the workload.
         * @default default
         */
        namespace?: string;
        /**
         * @description Kind of the workload.
         * @default deployment
         * @enum {string}
         */
        resource_type?: 'deployment' | 'daemonset' | 'statefulset';
        /**
         * @description Seconds to wait for the rollout to finish; then the answer says
         * where it stands. 0: say so at once.
         * @default 60
         */
        timeout_seconds?: number;
      };
      /**
       * @description Brings back a revision of k8s_rollout_history, by default the previous.
       */
      k8s_rollout_undo: {
        /** @description Name of the workload. */
        name: string;
        /**
         * @description Kind of the workload.
         * @enum {string}
         */
        resource_type: 'deployment' | 'daemonset' | 'statefulset';
        /**
         * @description Namespace of the workload.
         * @default default
         */
        namespace?: string;
        /**
         * @description Revision to go back to, as k8s_rollout_history lists it. Left out,
         * or 0: the previous one.
         */
        to_revision?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
        /**
         * @description Seconds to wait for the rollout once the change is made. The answer
         * then also says where the rollout stands and, if it is not finished, why. Left
         * out, or 0: do not wait.
         */
        wait_seconds?: number;
      };
      /** @description Lists revisions, or shows the pod template of one. */
      k8s_rollout_history: {
        /** @description Name of the workload. */
        name: string;
        /**
         * @description Kind of the workload.
         * @enum {string}
         */
        resource_type: 'deployment' | 'daemonset' | 'statefulset';
        /**
         * @description Namespace of the workload.
         * @default default
         */
        namespace?: string;
        /**
         * @description Show the pod template of this revision. Left out, or 0: list the
         * revisions.
         */
        revision?: number;
      };
      /** @description Says which cluster this is: context, API server, version and nodes. */
      k8s_cluster_info: Record<string, never>;
      /**
       * @description Keeps new pods off a node; those on it stay, until k8s_drain.
       * k8s_uncordon undoes it.
       */
      k8s_cordon: {
        /** @description Name of the node. */
        node_name: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /** @description Lets new pods onto a node again, after k8s_cordon or k8s_drain. */
      k8s_uncordon: {
        /** @description Name of the node. */
        node_name: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Cordons a node and evicts its pods within PodDisruptionBudgets. emptyDir
       * data needs delete_emptydir_data (it is lost), pods without controller need force.
       * Then k8s_uncordon.
       */
      k8s_drain: {
        /** @description Name of the node. */
        node_name: string;
        /**
         * @description Leave pods of DaemonSets where they are, as their controller ignores
         * cordons. Without it, a node that has any is refused.
         * @default true
         */
        ignore_daemonsets?: boolean;
        /**
         * @description Also evict pods with emptyDir volumes, whose data is then lost.
         * Without it, a node that has any is refused.
         * @default false
         */
        delete_emptydir_data?: boolean;
        /**
         * @description Also evict pods that no controller would replace. Without it, a node
         * that has any is refused.
         * @default false
         */
        force?: boolean;
        /**
         * @description Seconds that each pod has to stop by itself, instead of the pod's
         * own terminationGracePeriodSeconds.
         */
        grace_period_seconds?: number;
        /**
         * @description Seconds until the drain gives up; the node then stays cordoned.
         * @default 300
         */
        timeout_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Creates a pod (command: see k8s_exec). One-off check: restart_policy
       * never and remove, returns exit code and logs.
       */
      k8s_run_pod: {
        /** @description Name of the new pod. */
        name: string;
        /** @description Image to run, such as "busybox:1.37". */
        image: string;
        /**
         * @description Namespace of the pod.
         * @default default
         */
        namespace?: string;
        /**
         * @description What to run instead of the image's own program: the program and its
         * arguments, quoted as for a shell, but no shell runs it. Example: sh -c 'nslookup
         * web.shop | head'.
         */
        command?: string;
        /**
         * @description What happens when the program ends: always starts it again; use
         * never for something that runs once.
         * @default always
         * @enum {string}
         */
        restart_policy?: 'always' | 'onfailure' | 'never';
        /**
         * @description Wait until the pod has ended, or with restart_policy always until it
         * is ready, and give its logs.
         * @default false
         */
        wait?: boolean;
        /**
         * @description Delete the pod in the end, whether it succeeded or not, and also
         * when the call is cancelled or reaches its time limit. Implies wait.
         * @default false
         */
        remove?: boolean;
        /**
         * @description With wait: seconds to wait.
         * @default 60
         */
        timeout_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Runs a program with quoted arguments in a container, without a shell:
       * pipes need sh -c '...'. Fails on an exit code other than 0. The time limit does not
       * end the process.
       */
      k8s_exec: {
        /** @description Name of the pod. Find it with k8s_get. */
        pod_name: string;
        /**
         * @description The program and its arguments, quoted as for a shell, but no shell
         * runs it: for pipes, variables or redirections write sh -c '...'. Example: ls -l
         * "/var/my data".
         */
        command: string;
        /**
         * @description Namespace of the pod.
         * @default default
         */
        namespace?: string;
        /**
         * @description Container to run it in. Left out: the pod's only one, or the one
         * that its default-container annotation names.
         */
        container_name?: string;
        /**
         * @description What the program reads from its standard input. Left out: it has
         * none.
         */
        stdin?: string;
        /**
         * @description Seconds that the command may take.
         * @default 60
         */
        timeout_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /**
       * @description Opens local:remote ports (0:80,9090:metrics; 0 is any free) on this
       * server's host to a pod or a ready one of a service or deployment.
       */
      k8s_port_forward: {
        /** @description Name of the pod, service or deployment. */
        resource_name: string;
        /**
         * @description Pairs local:remote, joined by spaces or commas. The local port is on
         * the host of this server, from 1024; 0 or nothing before the colon takes a free
         * one. The remote port may be a name; for a service it is the port of the service.
         * Example: "0:80 9090:metrics".
         */
        ports: string;
        /**
         * @description Its namespace.
         * @default default
         */
        namespace?: string;
        /**
         * @description What it is. For a service or deployment, a ready pod is chosen.
         * @default pod
         * @enum {string}
         */
        resource_type?: 'pod' | 'service' | 'deployment';
        /**
         * @description Seconds after which the forward ends by itself.
         * @default 600
         */
        duration_seconds?: number;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /** @description Lists open port forwards with id, addresses and end. */
      k8s_port_forward_list: Record<string, never>;
      /** @description Ends a port forward by its id, or ends all. */
      k8s_port_forward_stop: {
        /**
         * @description Id of the forward, from k8s_port_forward or k8s_port_forward_list,
         * or all.
         */
        id: string;
        /**
         * @description Change nothing: let the API server work the change out, and show it
         * as a diff of the live object against the result.
         * @default false
         */
        dry_run?: boolean;
      };
      /** @description Shows CPU and memory in use by pods (metrics-server). */
      k8s_top_pods: {
        /** @description One pod. Left out: all. */
        pod_name?: string;
        /** @description Namespace to look in. Left out: the context's own namespace. */
        namespace?: string;
        /**
         * @description Look in every namespace.
         * @default false
         */
        all_namespaces?: boolean;
        /**
         * @description A row for each container instead of each pod.
         * @default false
         */
        show_containers?: boolean;
        /** @description Only pods whose labels match, such as "app=web". */
        label_selector?: string;
        /**
         * @description Sort by this, the greatest first. Left out: by name.
         * @enum {string}
         */
        sort_by?: 'cpu' | 'memory';
        /**
         * @description Leave out the line of column names.
         * @default false
         */
        no_headers?: boolean;
      };
      /** @description Shows CPU and memory in use by nodes (metrics-server). */
      k8s_top_nodes: {
        /** @description One node. Left out: all. */
        node_name?: string;
        /**
         * @description Sort by this, the greatest first. Left out: by name.
         * @enum {string}
         */
        sort_by?: 'cpu' | 'memory';
        /**
         * @description Only nodes whose labels match, such as
         * "topology.kubernetes.io/zone=a".
         */
        label_selector?: string;
        /**
         * @description Leave out the line of column names.
         * @default false
         */
        no_headers?: boolean;
      };
      /**
       * @description Says how an execution stands; offset (characters) reads on in its
       * output.
       */
      execution_status: {
        /**
         * @description Id of the execution, as the answer of the call that started it says.
         */
        execution_id: string;
        /**
         * @description Characters of the output to leave out from its beginning: to read on
         * where an answer was cut.
         * @default 0
         */
        offset?: number;
      };
      /** @description Waits until an execution ends, and gives its output. */
      execution_wait: {
        /**
         * @description Id of the execution, as the answer of the call that started it says.
         */
        execution_id: string;
        /**
         * @description Seconds to wait at most; the answer then says how it stands.
         * @default 30
         */
        timeout_seconds?: number;
      };
      /** @description Cancels an execution. What it has done stays: see execution_status. */
      execution_cancel: {
        /**
         * @description Id of the execution, as the answer of the call that started it says.
         */
        execution_id: string;
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  list_tools: {
    parameters: {
      query?: {
        /** @description Only tools of this category. */
        category?: string;
        /** @description Only tools with this tag. */
        tag?: string;
        /**
         * @description true: only tools that change nothing. false: only tools that may
         * change something.
         */
        read_only?: boolean;
        /** @description Only tools with this text in their name, title or description. */
        q?: string;
      };
      header?: {
        /** @description An ETag. If it is still right, the answer is 304. */
        'If-None-Match'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The tools. */
      200: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ToolList'];
        };
      };
      /** @description The list has not changed since the ETag in If-None-Match. */
      304: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  list_categories: {
    parameters: {
      query?: never;
      header?: {
        /** @description An ETag. If it is still right, the answer is 304. */
        'If-None-Match'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Their names. */
      200: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Categories'];
        };
      };
      /** @description The list has not changed since the ETag in If-None-Match. */
      304: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  list_tools_of_category: {
    parameters: {
      query?: never;
      header?: {
        /** @description An ETag. If it is still right, the answer is 304. */
        'If-None-Match'?: string;
      };
      path: {
        /** @description The name of a category of tools. */
        category: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its tools. */
      200: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ToolList'];
        };
      };
      /** @description The list has not changed since the ETag in If-None-Match. */
      304: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_tool: {
    parameters: {
      query?: never;
      header?: {
        /** @description An ETag. If it is still right, the answer is 304. */
        'If-None-Match'?: string;
      };
      path: {
        /** @description The name of a category of tools. */
        category: string;
        /** @description The name of a tool. */
        tool: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The tool. */
      200: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Tool'];
        };
      };
      /** @description The list has not changed since the ETag in If-None-Match. */
      304: {
        headers: {
          /** @description Send it back as If-None-Match. */
          ETag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  list_executions: {
    parameters: {
      query?: {
        /** @description Only executions of this status. */
        status?: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted';
        /** @description Only executions of this tool. */
        tool?: string;
        /**
         * @description Only executions that were created at this time (ISO 8601) or later.
         */
        since?: string;
        /** @description Only executions that were created before this time (ISO 8601). */
        until?: string;
        /** @description Maximum number of executions on a page. */
        limit?: number;
        /** @description The `next` of the previous page. */
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of executions. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ExecutionList'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the server is stopping, or its database does not answer */
      503: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_execution: {
    parameters: {
      query?: {
        /**
         * @description Characters that the answer may have; the setting MAX_OUTPUT_CHARS
         * unless given.
         */
        max_output_chars?: number;
      };
      header?: never;
      path: {
        /** @description The id of an execution. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The execution, which has ended. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Execution'];
        };
      };
      /** @description The execution, which has not ended. */
      202: {
        headers: {
          /** @description The path of the execution. */
          Location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Execution'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the server is stopping, or its database does not answer */
      503: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  cancel_execution: {
    parameters: {
      query?: {
        /**
         * @description Characters that the answer may have; the setting MAX_OUTPUT_CHARS
         * unless given.
         */
        max_output_chars?: number;
      };
      header?: never;
      path: {
        /** @description The id of an execution. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The execution, which has ended. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Execution'];
        };
      };
      /** @description The execution, which has not ended. */
      202: {
        headers: {
          /** @description The path of the execution. */
          Location: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Execution'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description its current state does not allow this */
      409: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the body is too large */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the Content-Type header is not application/json */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the server is stopping, or its database does not answer */
      503: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  get_execution_output: {
    parameters: {
      query?: {
        /** @description Number of characters to skip at the beginning. */
        offset?: number;
        /** @description Maximum number of characters to read. */
        limit?: number;
      };
      header?: never;
      path: {
        /** @description The id of an execution. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A piece of the output. */
      200: {
        headers: {
          /** @description Number of characters of the whole output. */
          'X-Total-Chars': number;
          /** @description The offset of the next piece, if there is one. */
          'X-Next-Offset'?: number;
          [name: string]: unknown;
        };
        content: {
          'text/plain': string;
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the server is stopping, or its database does not answer */
      503: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  follow_execution: {
    parameters: {
      query?: {
        /**
         * @description Characters that the answer may have; the setting MAX_OUTPUT_CHARS
         * unless given.
         */
        max_output_chars?: number;
      };
      header?: {
        /**
         * @description The id of the last event that was read. Those that follow it are
         * sent. All of them unless given.
         */
        'Last-Event-ID'?: number;
      };
      path: {
        /** @description The id of an execution. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The events. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': components['schemas']['ExecutionEvent'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description it does not exist */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the server is stopping, or its database does not answer */
      503: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  list_audit: {
    parameters: {
      query?: {
        /** @description Only entries of this principal, by its id. */
        principal?: string;
        /** @description Only entries of this tool. */
        tool?: string;
        /** @description Only entries of what ended like this. */
        outcome?: 'done' | 'failed' | 'refused' | 'unknown';
        /** @description Only entries that were made at this time (ISO 8601) or later. */
        since?: string;
        /** @description Only entries that were made before this time (ISO 8601). */
        until?: string;
        /** @description Maximum number of entries on a page. */
        limit?: number;
        /** @description The `next` of the previous page. */
        after?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A page of the audit. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['AuditList'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the request has no credential that is valid */
      401: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /**
       * @description the caller may not do this, or the Host or Origin header is not allowed
       */
      403: {
        headers: {
          /** @description Which credential would help (RFC 6750). */
          'WWW-Authenticate'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a parameter is wrong, or the answer is too large */
      422: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description this caller has too many open requests or unread answers */
      429: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description the server is stopping, or its database does not answer */
      503: {
        headers: {
          /** @description Seconds after which to try again. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  health: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The server runs. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  ready: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Ready, or degraded. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Readiness'];
        };
      };
      /**
       * @description the request cannot be read: its body is not JSON, or a header is
       * malformed
       */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description a bug in the server */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description No cluster answers, or the server is stopping. */
      503: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Readiness'];
        };
      };
    };
  };
}
