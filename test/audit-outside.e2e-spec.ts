import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, useAuditFiles, verifyAudit } from './support/audit.js';
import { ExecutionsApi } from './support/executions.js';
import { startServer, type RunningServer } from './support/server.js';
import { useNamespace } from './support/use-namespace.js';

/** A value of OTLP, as its JSON has it. */
interface OtlpValue {
  stringValue?: string;
  intValue?: number | string;
}

interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}

interface OtlpRecord {
  eventName?: string;
  timeUnixNano: string;
  severityText: string;
  body: OtlpValue;
  attributes: OtlpAttribute[];
}

interface OtlpRequest {
  resourceLogs: {
    resource: { attributes: OtlpAttribute[] };
    scopeLogs: { logRecords: OtlpRecord[] }[];
  }[];
}

/** A place on another machine that takes JSON. */
class Receiver {
  readonly posts: { path: string; authorization: string | undefined; body: unknown }[] = [];
  /** What it answers. */
  status = 200;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void json(request).then((body) => {
        const { url: path = '', headers } = request;
        if (this.status === 200) {
          this.posts.push({ path, authorization: headers.authorization, body });
        }
        response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}');
      });
    });
  }

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The bodies that were posted to a path. */
  bodiesAt<T>(path: string): T[] {
    return this.posts.filter((post) => post.path === path).map(({ body }) => body as T);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const files = useAuditFiles();
const own = useNamespace('audit-outside');
const receiver = new Receiver();
let server: RunningServer;
let api: ExecutionsApi;
let env: Record<string, string>;
beforeAll(async () => {
  const url = await receiver.start();
  env = {
    ...files.env,
    AUDIT_CHECKPOINT_URL: `${url}/checkpoints`,
    AUDIT_CHECKPOINT_CONFIGMAP: `${own.name}/checkpoints`,
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${url}/v1/logs`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer collector',
    OTEL_SERVICE_NAME: 'skyflo-test',
  };
  server = await startServer(env);
  api = new ExecutionsApi(server);
});
afterAll(() => receiver.stop());

const requests = () => receiver.bodiesAt<OtlpRequest>('/v1/logs');
const records = () =>
  requests()
    .flatMap(({ resourceLogs }) =>
      resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
    )
    .filter(({ eventName }) => eventName === 'skyflo.audit');
const attributesOf = (attributes: OtlpAttribute[]) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  );

describe('log records of OpenTelemetry', () => {
  it('have each entry, as it is kept', async () => {
    await api.run('k8s_get', { resource_type: 'namespaces' });
    await api.run('k8s_get', { resource_type: 'namespaces', namespace: 'Not A Name' });
    await expect.poll(() => records().length).toBe(2);
    const entries = (await entriesOf(server)).toSorted((a, b) => a.seq - b.seq);
    expect(records().map(({ body }) => JSON.parse(body.stringValue!) as object)).toEqual(entries);
    const [done, refused] = records();
    expect(done).toMatchObject({ eventName: 'skyflo.audit', severityText: 'INFO' });
    expect(refused).toMatchObject({ eventName: 'skyflo.audit', severityText: 'WARN' });
    expect(BigInt(done!.timeUnixNano) / 1_000_000n).toBe(BigInt(Date.parse(entries[0]!.time)));
    expect(attributesOf(refused!.attributes)).toMatchObject({
      'audit.chain': entries[0]!.chain,
      'audit.seq': 2,
      'audit.kind': 'call',
      'audit.tool': 'k8s_get',
      'audit.door': 'rest',
      'audit.decision': 'refused',
      'audit.outcome': 'refused',
      'audit.code': 'invalid_input',
      'user.id': entries[0]!.principal.id,
    });
  });

  it('name their service, and have the headers of the standard variables', () => {
    const [{ resource }] = requests()[0]!.resourceLogs as [OtlpRequest['resourceLogs'][number]];
    expect(attributesOf(resource.attributes)).toMatchObject({ 'service.name': 'skyflo-test' });
    const sent = receiver.posts.find(({ path }) => path === '/v1/logs');
    expect(sent!.authorization).toBe('Bearer collector');
  });

  it('hold up nothing while they are not taken', async () => {
    receiver.status = 400;
    const before = records().length;
    const { status, body } = await api.run('k8s_get', { resource_type: 'namespaces' });
    expect([status, body['status']]).toEqual([200, 'success']);
    const warned = () =>
      server.log.some(({ msg }) => msg === 'Records of the audit are not taken.');
    await expect.poll(warned).toBe(true);
    receiver.status = 200;
    await api.run('k8s_get', { resource_type: 'namespaces' });
    await expect.poll(() => records().length).toBe(before + 1);
    expect(await entriesOf(server)).toHaveLength(4);
  });
});

describe('checkpoints in other places', () => {
  it('are enough to check a record, each by itself', async () => {
    await server.stop();
    const posted = receiver.bodiesAt<{ kind: string; seq: number }>('/checkpoints');
    expect(posted.map(({ kind }) => kind)).toEqual(['start', 'end']);
    const template = '{{range $key, $line := .data}}{{$line}}{{end}}';
    const kept = await own.kubectl('get', 'configmap/checkpoints', '-o', `go-template=${template}`);
    expect(
      kept
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual([posted[1]]);

    const lines = records().map(({ body }) => body.stringValue!);
    expect(lines).toHaveLength(3);
    const file = join(files.folder, 'checkpoints.jsonl');
    writeFileSync(file, kept);
    expect(await verifyAudit(env, '--checkpoints', file)).toMatchObject({ code: 0 });
    writeFileSync(file, posted.map((one) => `${JSON.stringify(one)}\n`).join(''));
    expect(await verifyAudit(env, '--checkpoints', file)).toMatchObject({ code: 0 });

    // What the database lost by itself shows against any of them.
    writeFileSync(join(files.folder, 'audit.jsonl'), `${lines[0]}\n`);
    const cut = await verifyAudit(env, join(files.folder, 'audit.jsonl'), '--checkpoints', file);
    expect(cut).toMatchObject({ code: 1, stdout: expect.stringContaining('BROKEN (tail)') });
  });

  it('have one line for each chain, the latest', async () => {
    const again = await startServer(env);
    await new ExecutionsApi(again).run('k8s_get', { resource_type: 'namespaces' });
    await expect.poll(async () => (await entriesOf(again)).length).toBe(5);
    await again.stop();
    const kept = await own.stored('configmap/checkpoints', '{.data}');
    const data = Object.values(JSON.parse(kept) as Record<string, string>);
    const found = data.map((line) => JSON.parse(line) as { kind: string; seq: number });
    expect(found.toSorted((a, b) => a.seq - b.seq)).toMatchObject([
      { kind: 'end', seq: 1 },
      { kind: 'end', seq: 4 },
    ]);
  });
});
