/** What a credential can allow, in the words of OAuth. */
export const SCOPES = ['skyflo:read', 'skyflo:write', 'skyflo:approve', 'skyflo:audit'] as const;

export type Scope = (typeof SCOPES)[number];
