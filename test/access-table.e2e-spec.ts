import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLER_RULES, CALLERS } from './support/access-callers.js';
import { ACCESS_DOORS, LOCAL_DOORS, newKey, type AccessDoor } from './support/access-doors.js';
import { kubectl } from './support/kubectl.js';
import { testSandbox } from './support/sandbox.js';
import { startServer, type RunningServer } from './support/server.js';

const RULES = `${CALLER_RULES}  - name: this-machine
    who: { principals: [loopback] }
    allow: { tools: [k8s_scale, k8s_apply] }
    where: { namespaces: [shop] }
  - name: no-logs-on-this-machine
    who: { principals: [loopback] }
    deny: { tools: [k8s_logs] }
`;

/** The principal of this machine. */
const LOCAL = 'loopback';
const ALL = [LOCAL, ...Object.keys(CALLERS)];
const WRITERS = ALL.filter((who) => !who.endsWith('for reading'));

/** It gives no right. A dry run of it would only need the right to read it. */
const CLUSTER_ROLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: access-table}
rules: []`;

/** Calls that change nothing, but for a role that nobody has. */
const CALLS: Record<string, [tool: string, args: Record<string, unknown>]> = {
  get: ['k8s_get', { resource_type: 'pods', namespace: 'shop' }],
  logs: ['k8s_logs', { pod_name: 'app=web', namespace: 'shop', num_lines: 1 }],
  scale: [
    'k8s_scale',
    { name: 'web', resource_type: 'deployment', namespace: 'shop', replicas: 2, dry_run: true },
  ],
  delete: [
    'k8s_delete',
    { name: 'web', resource_type: 'deployment', namespace: 'shop', dry_run: true },
  ],
  escalate: ['k8s_apply', { content: CLUSTER_ROLE }],
};

type Call = keyof typeof CALLS;

interface Row {
  /** What `POLICY_FILE` is. */
  file: string;
  /** Who may make each call. */
  may: Record<Call, string[]>;
  /** Who sees the tool of a call that it may not make: the gate refuses what it asks for. */
  sees?: Record<Call, string[]>;
}

const POLICIES: Record<string, Row> = {
  'a file of rules': {
    file: 'rules.yaml',
    may: {
      get: ALL,
      logs: ['reader', 'operator', 'operator with a token for reading'],
      scale: [LOCAL, 'operator', 'scaler'],
      delete: ['operator'],
      escalate: [],
    },
    sees: { escalate: [LOCAL, 'operator'] },
  },
  'read-only': {
    file: 'read-only',
    may: { get: ALL, logs: ALL, scale: [], delete: [], escalate: [] },
  },
  operator: {
    file: 'operator',
    may: { get: ALL, logs: ALL, scale: WRITERS, delete: WRITERS, escalate: [] },
    sees: { escalate: WRITERS },
  },
  admin: {
    file: 'admin',
    may: { get: ALL, logs: ALL, scale: WRITERS, delete: WRITERS, escalate: WRITERS },
  },
  'no policy': {
    file: '',
    may: { get: ALL, logs: ALL, scale: [LOCAL], delete: [LOCAL], escalate: [] },
    sees: { escalate: [LOCAL] },
  },
};

/** What a principal sees and does by a door, by call. */
async function tableOf(door: AccessDoor): Promise<Record<string, string>> {
  const listed = await door.list();
  const rows: [string, string][] = [];
  for (const [call, [tool, args]] of Object.entries(CALLS)) {
    const { code, text } = await door.call(tool, args);
    const outcome = code === undefined || code === 'forbidden' ? (code ?? 'done') : text;
    rows.push([call, `${listed.includes(tool) ? 'listed' : 'hidden'}, ${outcome}`]);
  }
  return Object.fromEntries(rows);
}

function expectedTable({ may, sees }: Row, who: string): Record<string, string> {
  return Object.fromEntries(
    Object.keys(CALLS).map((call) => {
      if (may[call]?.includes(who)) return [call, 'listed, done'];
      return [call, sees?.[call]?.includes(who) ? 'listed, forbidden' : 'hidden, forbidden'];
    }),
  );
}

const tokens = new Map<string, string>();
let folder: string;

beforeAll(() => {
  folder = join(testSandbox().folder, `access-table-${process.pid}`);
  for (const [who, options] of Object.entries(CALLERS)) {
    tokens.set(who, newKey(settings(), who, options));
  }
  writeFileSync(join(folder, 'rules.yaml'), RULES);
});

function settings(): Record<string, string> {
  return { AUTH: '', XDG_STATE_HOME: folder, SHUTDOWN_GRACE_SECONDS: '1' };
}

describe.each(Object.keys(POLICIES))('with %s', (policy) => {
  const row = POLICIES[policy]!;
  let env: Record<string, string>;
  let server: RunningServer;
  beforeAll(async () => {
    const file = row.file === 'rules.yaml' ? join(folder, row.file) : row.file;
    env = { ...settings(), POLICY_FILE: file };
    server = await startServer(env);
    tokens.set(LOCAL, readFileSync(join(folder, 'skyflo-mcp', 'loopback-token'), 'utf8').trim());
  });
  afterAll(async () => {
    await server.stop();
    // An apply that would change nothing is no write, so the next policy must not find it.
    await kubectl('delete', 'clusterrole', 'access-table', '--ignore-not-found');
  });

  const told = async (open: (typeof ACCESS_DOORS)[string], who: string) => {
    const door = await open({ server, token: tokens.get(who)!, env });
    try {
      return await tableOf(door);
    } finally {
      await door.close();
    }
  };

  it.each(Object.keys(ACCESS_DOORS))('each may do the same by %s', async (door) => {
    for (const who of ALL) {
      expect([who, await told(ACCESS_DOORS[door]!, who)]).toEqual([who, expectedTable(row, who)]);
    }
  });

  it.each(Object.keys(LOCAL_DOORS))('the user of this machine may do so by %s', async (door) => {
    expect(await told(LOCAL_DOORS[door]!, LOCAL)).toEqual(expectedTable(row, LOCAL));
  });
});
