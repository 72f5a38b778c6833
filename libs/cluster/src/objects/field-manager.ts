/** The field manager of everything that this server writes. */
export const FIELD_MANAGER = 'skyflo-mcp';
