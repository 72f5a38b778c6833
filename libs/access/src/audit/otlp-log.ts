import { OtelLogs, type OtelConfig } from '#telemetry';
import type { AuditEntry } from './audit-entry.js';
import { canonicalJson } from './canonical-json.js';

/** What every record is called. */
const EVENT = 'skyflo.audit';
/** Severities of OpenTelemetry. */
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };

/** Entries as OpenTelemetry log records, beside the database. Nothing waits for them. */
export class OtlpLog {
  private constructor(private readonly records: OtelLogs) {}

  /** Undefined where log records do not go to a collector. */
  static async open(config: OtelConfig): Promise<OtlpLog | undefined> {
    // A queue of their own: lines of the log must not push them out.
    const records = await OtelLogs.open(config, EVENT, 'Records of the audit');
    return records && new OtlpLog(records);
  }

  write(entry: AuditEntry): void {
    const { kind, outcome = 'none', tool, principal, door, decision, context, code } = entry;
    this.records.logger.emit({
      eventName: EVENT,
      timestamp: new Date(entry.time),
      ...(outcome === 'done' || outcome === 'none' ? INFO : WARN),
      body: canonicalJson(entry),
      attributes: {
        'audit.chain': entry.chain,
        'audit.seq': entry.seq,
        'audit.kind': kind,
        'audit.tool': tool,
        'audit.door': door,
        'audit.decision': decision,
        'audit.outcome': outcome,
        'user.id': principal.id,
        ...(code !== undefined && { 'audit.code': code }),
        ...(context !== undefined && { 'audit.context': context }),
        ...(entry.executionId !== undefined && { 'audit.execution_id': entry.executionId }),
      },
    });
  }

  /** Waits until the records are sent, for two seconds at most. */
  close(): Promise<void> {
    return this.records.close();
  }
}
