/** Rules by which the callers below differ. Others can follow them. */
export const CALLER_RULES = `
use: read-only
rules:
  - name: operators
    who: { groups: [operators] }
    use: operator
  - name: scaling
    who: { principals: ['*'], groups: [scalers] }
    allow: { tools: [k8s_scale] }
  - name: no-logs-for-scalers
    who: { groups: [scalers] }
    deny: { tools: [k8s_logs] }
`;

/** Who calls: a name, and the options of `key new` for its key. */
export const CALLERS: Record<string, readonly string[]> = {
  reader: [],
  operator: ['--groups', 'operators'],
  scaler: ['--groups', 'scalers'],
  'operator with a token for reading': ['--groups', 'operators', '--scopes', 'skyflo:read'],
};
