export { AccessModule } from './access.module.js';
export {
  Audit,
  AUDIT_KINDS,
  AUDIT_MIGRATIONS,
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
  discoverKeys,
  hasQueryToken,
  isOwnAddress,
  keysIn,
  LOOPBACK,
  METADATA_PATH,
  metadataAddress,
  protectedResourceMetadata,
  readKeys,
  refuseIdleSettings,
  refuseOpenAddress,
  RESOURCE_PATHS,
  runKeyCommand,
  ServerCertificate,
  UNIX_SOCKET,
  SCOPES,
} from './authentication/index.js';
export type { AuthenticationConfig, Scope } from './authentication/index.js';
export { loadPolicy, policyCommand, policyConfig } from './policy/index.js';
export type { Policy, PolicyConfig, Who } from './policy/index.js';
export { Policies } from './policies.js';
