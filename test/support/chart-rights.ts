import { readFileSync } from 'node:fs';
import { sandboxAccess, writeContext } from './kubeconfig.js';
import { kubectl } from './kubectl.js';
import { createObjects } from './manifest.js';
import { render, type Values } from './skyflo-chart.js';

/** What of the chart gives rights. */
const RIGHTS = /^(ServiceAccount|(Cluster)?Role(Binding)?)$/;

/** The service account of a size of rights, as a kubeconfig that has its token. */
export interface AccountInUse {
  kubeconfig: string;
  remove(): Promise<void>;
}

/** Makes the service account of the chart with its rights, and a token for it (TokenRequest). */
export async function makeAccount(namespace: string, rbac: Values): Promise<AccountInUse> {
  const objects = (await render({ rbac }, namespace)).filter(({ kind }) => RIGHTS.test(kind));
  await createObjects(...objects);
  const token = (await kubectl('create', 'token', 'skyflo-mcp', '-n', namespace)).trim();
  const { cluster } = await sandboxAccess();
  return {
    kubeconfig: await writeContext(cluster, { token }),
    async remove() {
      for (const { kind, metadata } of objects) {
        const where = metadata.namespace ? ['-n', metadata.namespace] : [];
        await kubectl('delete', kind, metadata.name, ...where);
      }
    },
  };
}

/** A cell of the table of tools in docs/install.md. */
export type Right = 'yes' | 'no' | 'with `readSecrets`';

/** What docs/install.md says of each tool: whether an account of a size can do it. */
export function documentedRights(): Map<string, Record<string, Right>> {
  const page = readFileSync('docs/install.md', 'utf8');
  const [, table = ''] = /<!-- rights -->\n([^]*)<!-- \/rights -->/.exec(page) ?? [];
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  const sizes = head.slice(1).map((cell) => /`([\w-]+)`/.exec(cell)?.[1] ?? '');
  return new Map(
    rows.flatMap(([tools = '', ...cells]) =>
      [...tools.matchAll(/`(\w+)`/g)].map(([, tool = '']) => [
        tool,
        Object.fromEntries(sizes.map((size, index) => [size, cells[index] as Right])),
      ]),
    ),
  );
}

/** The examples in docs/tools.md, which work on the sandbox. */
export function exampleOf(tool: string): Record<string, unknown> {
  const page = readFileSync('docs/tools.md', 'utf8');
  const example = new RegExp(`^### ${tool}\\n[^]*?^Example: \`(.*)\`$`, 'm').exec(page);
  if (!example?.[1]) throw new Error(`docs/tools.md has no example of ${tool}.`);
  return JSON.parse(example[1].replaceAll('\\|', '|')) as Record<string, unknown>;
}
