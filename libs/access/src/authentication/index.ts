export { authenticationConfig } from './authentication.config.js';
export type { AuthenticationConfig } from './authentication.config.js';
export { Authenticator } from './authenticator.js';
export type { AuthenticationRequest } from './authenticator.js';
export { hasQueryToken } from './bearer.js';
export { challenge } from './challenge.js';
export { keysIn } from './keys/key-file-lock.js';
export { discoverKeys, readKeys } from './oidc/issuer-documents.js';
export { runKeyCommand } from './keys/key-command.js';
export type { KeyFiles } from './keys/key-command.js';
export type { LoopbackToken } from './loopback-token.js';
export {
  isOwnAddress,
  refuseIdleSettings,
  refuseOpenAddress,
  UNIX_SOCKET,
} from './open-address.js';
export { ANYBODY, LOOPBACK } from './principals.js';
export {
  METADATA_PATH,
  metadataAddress,
  protectedResourceMetadata,
  RESOURCE_PATHS,
} from './resource-metadata.js';
export { ServerCertificate } from './server-certificate.js';
export { SCOPES } from './scopes.js';
export type { Scope } from './scopes.js';
