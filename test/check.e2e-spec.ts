import { mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { Authority } from '../libs/access/src/authentication/fixtures/certificates.js';
import { RIGHTS } from '../apps/server/src/check/clusters/rights.js';
import { freePort } from './support/free-port.js';
import { startServer } from './support/server.js';
import { useCheck, type Check } from './support/use-check.js';

const { run, check, file, inFolder } = useCheck();

describe('check where all is well', () => {
  it('has a tick for everything, and changes nothing', async () => {
    const XDG_STATE_HOME = inFolder('untouched');
    mkdirSync(XDG_STATE_HOME);
    const { checks } = await check({ XDG_STATE_HOME });
    expect(checks.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      'settings',
      'address',
      'API keys',
      'policy',
      'database',
      'kubectl',
      'helm',
      'API server',
      'identity',
      'rights',
      'Argo Rollouts',
      'metrics-server',
    ]);
    const said = new Map(checks.map(({ name, says }) => [name, says]));
    expect(said.get('API server')).toMatch(/^https:\S+ answers in \d+ ms: Kubernetes v1\.\d+/);
    expect(said.get('rights')).toBe('as admin in all namespaces');
    expect(said.get('database')).toContain('made at the first start');
    expect(said.get('helm')).toMatch(/^v[34]\./);
    expect(readdirSync(XDG_STATE_HOME)).toEqual([]);
  });

  it('shows it to people without colours where nobody sees them', async () => {
    const { code, stdout } = await run(['check']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Settings\n {2}✓ settings/);
    expect(stdout).toMatch(/\nContext \S+ \(default\)\n {2}✓ API server/);
    expect(stdout).toMatch(/\n\nAll is well: 12 checks\.\n$/);
    expect(stdout).not.toContain('\u001b');
  });

  it('reads the database of a server that runs, which goes on', async () => {
    const database = inFolder('running.db');
    const server = await startServer({ EXECUTIONS_FILE: database });
    const { checks } = await check({ EXECUTIONS_FILE: database });
    expect(checks.find(({ name }) => name === 'database')).toMatchObject({
      state: 'ok',
      says: expect.stringMatching(/running\.db, [\d.]+ MB, \d+ MB free$/) as string,
    });
    const answer = await fetch(`${server.url}/health`);
    expect(answer.status).toBe(200);
    expect(await server.stop()).toBe(0);
    const beside = readdirSync(inFolder()).filter((name) => name.startsWith('running.db'));
    const { checks: after } = await check({ EXECUTIONS_FILE: database });
    expect(after.find(({ name }) => name === 'database')!.state).toBe('ok');
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('running.db'))).toEqual(beside);
  });

  it('names tools that there are', async () => {
    const { stdout } = await run(['tools', '--json']);
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
    const strange = RIGHTS.flatMap(({ tools }) => tools).filter((name) => !names.includes(name));
    expect(strange).toEqual([]);
  });
});

describe('check has a cross', () => {
  const one = (state: Partial<Check>) => [expect.objectContaining(state) as Check];

  it('for settings, all of them, before anything else', async () => {
    const { checks } = await check({ PORT: 'eighty', MAX_RUNNING: '0' });
    expect(checks.map(({ says }) => says)).toEqual([
      'MAX_RUNNING must be a whole number, at least 1, not "0" (environment).',
      'PORT must be a whole number, 0 to 65535, not "eighty" (environment).',
    ]);
  });

  it('for settings that contradict each other', async () => {
    const { crosses } = await check({ TLS_CERT_FILE: '/tls.crt' });
    const says = 'TLS_CERT_FILE and TLS_KEY_FILE need each other.';
    expect(crosses).toEqual(one({ name: 'settings', says, todo: 'Set both.' }));
  });

  it('for a port that is open without keys', async () => {
    const { crosses } = await check({ HOST: '0.0.0.0' });
    expect(crosses).toEqual(
      one({
        name: 'address',
        says: expect.stringContaining('others reach it') as string,
        todo: expect.stringContaining('skyflo-mcp key new') as string,
      }),
    );
  });

  it('for an expired certificate', async () => {
    const authority = new Authority(inFolder(), 'authority');
    const expired = authority.issue('server', -1);
    const { crosses } = await check({
      TLS_CERT_FILE: file('tls.crt', expired.cert),
      TLS_KEY_FILE: file('tls.key', expired.key),
    });
    expect(crosses).toEqual(
      one({ name: 'certificate', says: expect.stringMatching(/^expired on 20/) as string }),
    );
  });

  it('for a broken policy, with the place', async () => {
    const POLICY_FILE = file('policy.yaml', 'use: read-onyl\n');
    const { crosses } = await check({ POLICY_FILE });
    expect(crosses).toEqual(
      one({ name: 'policy', says: expect.stringContaining(`${POLICY_FILE}:1:6:`) as string }),
    );
  });

  it('for an issuer that cannot be reached', async () => {
    const { crosses } = await check({
      OIDC_ISSUER: `http://localhost:${await freePort()}`,
      OIDC_AUDIENCE: 'skyflo',
    });
    expect(crosses).toEqual(
      one({ name: 'OIDC issuer', says: 'The address cannot be reached (ECONNREFUSED).' }),
    );
  });

  it('for API keys that are not there although a setting says where', async () => {
    const { crosses } = await check({ API_KEYS_FILE: inFolder('none.json') });
    expect(crosses).toEqual(one({ name: 'API keys', todo: 'Make it with: skyflo-mcp key new' }));
  });

  it('for a missing helm, with what does not work', async () => {
    const bin = inFolder('bin');
    mkdirSync(bin);
    const { crosses } = await check({ PATH: [bin, join(process.execPath, '..')].join(delimiter) });
    expect(crosses).toEqual([
      expect.objectContaining({
        name: 'kubectl',
        says: expect.stringContaining('k8s_describe') as string,
      }),
      expect.objectContaining({
        name: 'helm',
        says: expect.stringMatching(/^not on the PATH, so these do not work: .*helm_install/),
      }),
    ]);
  });

  it('for a database that another program has locked', async () => {
    const path = inFolder('locked.db');
    const database = new DatabaseSync(path);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; create table t (a); begin exclusive');
    const { crosses } = await check({ EXECUTIONS_FILE: path });
    expect(crosses).toEqual(
      one({ name: 'database', says: `${path} is locked by another program.` }),
    );
    database.close();
  });

  it('for a database of a newer version', async () => {
    const path = inFolder('newer.db');
    const database = new DatabaseSync(path);
    database.exec(
      "create table kysely_migration (name text); insert into kysely_migration values ('9999_later')",
    );
    database.close();
    const { crosses } = await check({ EXECUTIONS_FILE: path });
    expect(crosses).toEqual(
      one({
        name: 'database',
        says: expect.stringContaining('newer version of this server (it has 9999_later)') as string,
      }),
    );
  });

  it('for a file that is no database', async () => {
    const path = file('text.db', 'x'.repeat(5_000));
    const { crosses } = await check({ EXECUTIONS_FILE: path });
    expect(crosses).toEqual(one({ says: `${path}: file is not a database` }));
  });

  it('for a kubeconfig that is not there', async () => {
    const { crosses } = await check({ KUBECONFIG: inFolder('none') });
    expect(crosses).toEqual(
      one({ area: 'Kubeconfig', says: expect.stringContaining('No context') as string }),
    );
  });
});

describe('check --health', () => {
  it('asks the server that its settings name', async () => {
    const PORT = String(await freePort());
    expect(await run(['check', '--health'], { PORT })).toEqual({
      code: 1,
      stdout: '',
      stderr: `The server on 127.0.0.1:${PORT} does not answer: ECONNREFUSED.\n`,
    });
    const server = await startServer({ PORT });
    const config = file('health.yaml', `PORT: ${PORT}\n`);
    const fine = { code: 0, stdout: 'ok\n', stderr: '' };
    expect(await run(['check', '--health'], { PORT })).toEqual(fine);
    expect(await run(['check', '--health', '--config', config])).toEqual(fine);
    await server.stop();
  });

  it('asks over TLS, and on a Unix socket', async () => {
    const authority = new Authority(inFolder(), 'health');
    const { cert, key } = authority.issue('server');
    const tls = {
      TLS_CERT_FILE: file('health.crt', cert),
      TLS_KEY_FILE: file('health.key', key),
      PORT: String(await freePort()),
    };
    const socket = { HOST: `unix:${inFolder('s.sock')}` };
    for (const env of [tls, socket]) {
      const server = await startServer(env);
      expect(await run(['check', '--health'], env)).toMatchObject({ code: 0, stdout: 'ok\n' });
      await server.stop();
    }
  });
});
