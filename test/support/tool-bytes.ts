/** What clients hand to a model of a listed tool. */
export interface ModelTool {
  name: string;
  description?: string;
  inputSchema: object;
}

/** The bytes of the names, descriptions and input schemas of tools. */
export function toolBytes(tools: readonly ModelTool[]): number {
  const sizes = tools.map(({ name, description, inputSchema }) =>
    Buffer.byteLength(JSON.stringify({ name, description, inputSchema })),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
