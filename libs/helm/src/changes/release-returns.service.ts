import { Injectable } from '@nestjs/common';
import { isDryRun, type Cluster } from '#cluster';
import type { ToolCall } from '#tools';
import type { RollbackDto } from './rollback.dto.js';
import type { UninstallDto } from './uninstall.dto.js';
import { HelmCli } from '../cli/helm-cli.js';
import { HelmVersion } from '../cli/helm-version.js';
import { ReleaseChanges } from './release-changes.js';
import { previewText } from './release-preview.js';
import { revisionToRestore } from '../releases/release-revision.js';
import { ReleaseStore } from '../releases/release-store.js';

/** Rolls releases back, and uninstalls them. */
@Injectable()
export class ReleaseReturnsService {
  constructor(
    private readonly store: ReleaseStore,
    private readonly cli: HelmCli,
    private readonly version: HelmVersion,
    private readonly changes: ReleaseChanges,
  ) {}

  /** @throws ToolError `not_found` with the known revisions, and as `ReleaseChanges.follow` */
  async rollback(cluster: Cluster, query: RollbackDto, call: ToolCall): Promise<string> {
    const { release_name: name, wait, timeout_seconds } = query;
    const namespace = query.namespace ?? cluster.namespace;
    const revisions = await this.store.revisions(cluster, namespace, name, call.signal);
    const goal = revisionToRestore(revisions, query.revision);
    const flags = {
      namespace,
      timeout: `${timeout_seconds}s`,
      ...(await this.version.flags({ forceConflicts: query.force_conflicts })),
    };
    const command = { command: ['rollback'], values: [name, String(goal.revision)], cluster };
    if (isDryRun(call)) {
      const last = revisions.at(-1)!;
      const isInstalled = last.status !== 'uninstalled';
      const before = isInstalled ? await this.store.content(cluster, last, call.signal) : undefined;
      const events = ['pre-rollback', 'post-rollback'];
      const summary = `Release "${name}" in namespace "${namespace}" would be rolled back to revision ${goal.revision}, as revision ${last.revision + 1}`;
      return previewText(
        cluster,
        { name, namespace, before, events, summary },
        (through) =>
          this.cli.run({ ...command, through, flags: { ...flags, 'no-hooks': true } }, call),
        call,
      );
    }
    const target = { cluster, namespace, name, revisions };
    const run = () => this.cli.run({ ...command, flags: { ...flags, wait } }, call);
    return this.changes.follow(target, run, call);
  }

  /** @throws ToolError `not_found` with the nearest names, and as `ReleaseChanges.follow` */
  async uninstall(cluster: Cluster, query: UninstallDto, call: ToolCall): Promise<string> {
    const { release_name: name, keep_history: keepHistory, wait, timeout_seconds } = query;
    const namespace = query.namespace ?? cluster.namespace;
    const revisions = await this.store.revisions(cluster, namespace, name, call.signal);
    const flags = { namespace, timeout: `${timeout_seconds}s`, 'keep-history': keepHistory };
    const command = { command: ['uninstall'], values: [name], cluster };
    if (isDryRun(call)) {
      const before = await this.store.content(cluster, revisions.at(-1)!, call.signal);
      const events = ['pre-delete', 'post-delete'];
      const summary = `Release "${name}" in namespace "${namespace}" would be uninstalled`;
      return previewText(
        cluster,
        { name, namespace, before, events, summary, isRemoval: true },
        (through) =>
          this.cli.run({ ...command, through, flags: { ...flags, 'no-hooks': true } }, call),
        call,
      );
    }
    const target = { cluster, namespace, name, revisions };
    const run = () => this.cli.run({ ...command, flags: { ...flags, wait } }, call);
    return this.changes.follow(target, run, call);
  }
}
