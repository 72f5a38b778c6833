import { Injectable } from '@nestjs/common';
import { isDryRun, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { RollbackDto } from './dto/rollback.dto.js';
import type { UninstallDto } from './dto/uninstall.dto.js';
import { HelmCli } from './helm.cli.js';
import { HelmVersion } from './helm.version.js';
import { ReleaseChanges } from './release-changes.js';
import { ReleasePreview } from './release-preview.js';
import { revisionToRestore } from './release-revision.js';
import { ReleaseStore } from './release.store.js';

/** Takes releases back: to an earlier revision, or away. */
@Injectable()
export class ReleaseReturnsClient {
  constructor(
    private readonly store: ReleaseStore,
    private readonly cli: HelmCli,
    private readonly version: HelmVersion,
    private readonly changes: ReleaseChanges,
    private readonly preview: ReleasePreview,
  ) {}

  /** @throws ToolError `not_found` with the revisions there are, and as `ReleaseChanges.follow` */
  async rollback(cluster: Cluster, query: RollbackDto, call: ToolCall): Promise<string> {
    const { release_name: name, wait, timeout_seconds } = query;
    const namespace = query.namespace ?? cluster.namespace;
    const revisions = await this.store.revisions(cluster, namespace, name, call.signal);
    const goal = revisionToRestore(revisions, query.revision);
    if (isDryRun(call)) {
      const last = revisions.at(-1)!;
      const isInstalled = last.status !== 'uninstalled';
      const before = isInstalled ? await this.store.content(cluster, last, call.signal) : undefined;
      const after = await this.store.content(cluster, goal, call.signal);
      const events = ['pre-rollback', 'post-rollback'];
      const summary = `Release "${name}" in namespace "${namespace}" would be rolled back to revision ${goal.revision}, as revision ${last.revision + 1}`;
      return this.preview.text(cluster, summary, { before, after, namespace, events }, call.signal);
    }
    const flags = {
      namespace,
      timeout: `${timeout_seconds}s`,
      wait,
      ...(await this.version.flags({ forceConflicts: query.force_conflicts })),
    };
    const values = [name, String(goal.revision)];
    const command = { command: ['rollback'], flags, values, cluster };
    const target = { cluster, namespace, name, revisions };
    return this.changes.follow(target, () => this.cli.run(command, call), call);
  }

  /** @throws ToolError `not_found` with the nearest names, and as `ReleaseChanges.follow` */
  async uninstall(cluster: Cluster, query: UninstallDto, call: ToolCall): Promise<string> {
    const { release_name: name, keep_history: keepHistory, wait, timeout_seconds } = query;
    const namespace = query.namespace ?? cluster.namespace;
    const revisions = await this.store.revisions(cluster, namespace, name, call.signal);
    if (isDryRun(call)) {
      const before = await this.store.content(cluster, revisions.at(-1)!, call.signal);
      const events = ['pre-delete', 'post-delete'];
      const summary = `Release "${name}" in namespace "${namespace}" would be uninstalled`;
      const change = { before, after: undefined, namespace, events };
      return this.preview.text(cluster, summary, change, call.signal);
    }
    const timeout = `${timeout_seconds}s`;
    const flags = { namespace, timeout, 'keep-history': keepHistory, wait };
    const command = { command: ['uninstall'], flags, values: [name], cluster };
    const target = { cluster, namespace, name, revisions };
    return this.changes.follow(target, () => this.cli.run(command, call), call);
  }
}
