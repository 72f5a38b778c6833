export { AuditChain } from './audit-chain.js';
export type { Appended, AuditSink } from './audit-chain.js';
export { auditCommand } from './audit-command.js';
export { auditFromDatabase } from './store/audit-from-database.js';
export type { StoredRecord } from './store/audit-from-database.js';
export { AuditModule } from './audit.module.js';
export { Audit } from './audit.service.js';
export { AuditStore } from './store/audit-store.js';
export { AUDIT_MIGRATIONS } from './store/schema.js';
export type { AuditFilter, AuditPage } from './store/audit-store.js';
export type { AuditCommandContext } from './audit-command.js';
export { auditConfig } from './audit.config.js';
export type { AuditConfig } from './audit.config.js';
export { AUDIT_KINDS, AUDIT_OUTCOMES } from './audit-entry.js';
export type {
  AuditDraft,
  AuditedObject,
  AuditEntry,
  AuditKind,
  AuditOutcome,
  ChainPoint,
} from './audit-entry.js';
export { AuditKey } from './audit-key.js';
export { AuditLines } from './audit-lines.js';
export { auditedArguments } from './audited-arguments.js';
export type { AuditedArguments } from './audited-arguments.js';
export { Checkpoints } from './checkpoints/checkpoints.js';
export { FileCheckpointSink, HttpCheckpointSink } from './checkpoints/checkpoint-sink.js';
export type { CheckpointSink } from './checkpoints/checkpoint-sink.js';
export type { Checkpoint } from './checkpoints/checkpoint.js';
export { openIntents, unknownOutcome } from './open-intents.js';
export { verifyAudit } from './verify/verify-audit.js';
export type { AuditReport } from './verify/verify-audit.js';
