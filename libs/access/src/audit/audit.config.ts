import { join } from 'node:path';
import type { ConfigType } from '@nestjs/config';
import { stateFolder } from '#base';
import { IntSetting, registerConfig, TextSetting } from '#tools';
import type { ConfigMapName } from './checkpoints/config-map-sink.js';

class AuditEnvironment {
  @TextSetting({
    description:
      'A file that gets each entry of the audit as a JSON line, beside the database. `-`: stdout, ' +
      'which cannot be used with `--stdio`. A file that was renamed is made again.',
    otherwise: 'none',
  })
  AUDIT_FILE = '';

  @TextSetting({
    description:
      'The Ed25519 key that signs checkpoints of the audit, in PEM form. It is made at the first ' +
      'start, with the public key beside it (`.pub`).',
    otherwise: '`~/.local/state/skyflo-mcp/audit.key`',
  })
  AUDIT_KEY_FILE = '';

  @TextSetting({
    description:
      'A file that gets the signed checkpoints of the audit as JSON lines. Keep it where nobody ' +
      'who can write to the database can write.',
    otherwise: 'none',
  })
  AUDIT_CHECKPOINT_FILE = '';

  @TextSetting({
    format: {
      pattern: /^(https?:\/\/[^\s@]+)?$/,
      means: 'an address that starts with http:// or https://, without a user',
    },
    description: 'An address that each signed checkpoint of the audit is posted to, as JSON.',
    otherwise: 'none',
  })
  AUDIT_CHECKPOINT_URL = '';

  @TextSetting({
    format: {
      pattern: /^([a-z0-9.-]+\/[a-z0-9.-]+)?$/,
      means: 'a namespace and a name such as "audit/checkpoints"',
    },
    description:
      'A ConfigMap in the default context that gets the latest signed checkpoint of each chain of ' +
      'the audit. It is made if it is not there.',
    otherwise: 'none',
  })
  AUDIT_CHECKPOINT_CONFIGMAP = '';

  @IntSetting({
    min: 1,
    description: 'Days after which an entry of the audit is forgotten.',
  })
  AUDIT_DAYS = 90;

  @TextSetting({
    description: 'The folder of the default `AUDIT_KEY_FILE`.',
    otherwise: '`~/.local/state`',
  })
  XDG_STATE_HOME = '';
}

/** Where the audit goes, what signs it, and for how long it is kept. */
export const auditConfig = registerConfig('audit', AuditEnvironment, (environment) => ({
  file: environment.AUDIT_FILE || undefined,
  keyFile: environment.AUDIT_KEY_FILE || join(stateFolder(environment.XDG_STATE_HOME), 'audit.key'),
  checkpointFile: environment.AUDIT_CHECKPOINT_FILE || undefined,
  checkpointUrl: environment.AUDIT_CHECKPOINT_URL || undefined,
  checkpointConfigMap: configMapOf(environment.AUDIT_CHECKPOINT_CONFIGMAP),
  maxAgeMs: environment.AUDIT_DAYS * 86_400_000,
}));

export type AuditConfig = ConfigType<typeof auditConfig>;

function configMapOf(text: string): ConfigMapName | undefined {
  const [namespace, name] = text.split('/');
  return namespace && name ? { namespace, name } : undefined;
}
