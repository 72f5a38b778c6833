export { AccessModule } from './access.module.js';
export {
  Audit,
  AUDIT_KINDS,
  AUDIT_OUTCOMES,
  auditCommand,
  auditConfig,
  auditFromDatabase,
  AuditStore,
} from './audit/index.js';
export type { AuditConfig, AuditEntry, AuditOutcome } from './audit/index.js';
export {
  ANYBODY,
  authenticationConfig,
  Authenticator,
  challenge,
  hasQueryToken,
  LOOPBACK,
  METADATA_PATH,
  metadataAddress,
  protectedResourceMetadata,
  refuseIdleSettings,
  refuseOpenAddress,
  RESOURCE_PATHS,
  runKeyCommand,
  ServerCertificate,
  UNIX_SOCKET,
  SCOPES,
} from './authentication/index.js';
export type { AuthenticationConfig, Scope } from './authentication/index.js';
export { policyCommand, policyConfig } from './policy/index.js';
export type { PolicyConfig } from './policy/index.js';
export { Policies } from './policies.js';
