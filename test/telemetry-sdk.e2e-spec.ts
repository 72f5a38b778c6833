import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protobufFields } from '../libs/cluster/src/text/protobuf-fields.js';
import { Collector, SOON } from './support/collector.js';
import { ExecutionsApi } from './support/executions.js';
import { startServer } from './support/server.js';

const NAMESPACES = { resource_type: 'namespaces' };
/** Tells on stderr which packages of OpenTelemetry are loaded. */
const TELLS_LOADED = `import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('@opentelemetry/')) process.stderr.write('loaded ' + specifier + '\\n');
    return next(specifier, context);
  },
});`;

const collector = new Collector();
let env: Record<string, string>;
beforeAll(async () => {
  env = { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start() };
});
afterAll(() => collector.stop());

describe('what is exported', () => {
  it('is in the form of protocol buffers unless set otherwise', async () => {
    const other = new Collector();
    const OTEL_EXPORTER_OTLP_ENDPOINT = await other.start();
    const started = await startServer({ ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT });
    await new ExecutionsApi(started).run('k8s_get', NAMESPACES);
    await started.stop();
    other.stop();
    const post = other.posts.find(({ path }) => path === '/v1/traces')!;
    expect(post.contentType).toBe('application/x-protobuf');
    // ExportTraceServiceRequest: resource_spans 1, scope_spans 2, spans 2, name 5.
    const spans = [1, 2, 2].reduce<Buffer[]>(
      (messages, field) => messages.flatMap((one) => protobufFields(one)?.get(field) ?? []),
      [post.body],
    );
    const names = spans.map((one) => String(protobufFields(one)?.get(5)?.[0]));
    expect(names).toContain('POST /engine/v1/tools/k8s/k8s_get/execute');
  });
});

describe('a collector that does not answer', () => {
  it('holds up nothing, and is told of once', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
    const dead = { ...SOON, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TIMEOUT: '300' };
    const started = await startServer({ ...dead, OTEL_LOGS_EXPORTER: 'none' });
    const calls = new ExecutionsApi(started);
    const warnings = () => started.log.filter(({ msg }) => msg === 'Traces are not taken.');
    for (let round = 0; round < 3; round += 1) {
      expect((await calls.run('k8s_get', NAMESPACES)).status).toBe(200);
      await expect.poll(() => warnings().length, { timeout: 10_000 }).toBe(1);
    }
    const begin = performance.now();
    expect(await started.stop()).toBe(0);
    expect(performance.now() - begin).toBeLessThan(6_000);
    expect(warnings()).toHaveLength(1);
    silent.close();
  });
});

describe('the packages of OpenTelemetry', () => {
  const loadedBy = async (more: Record<string, string>) => {
    const url = `data:text/javascript,${encodeURIComponent(TELLS_LOADED)}`;
    const started = await startServer({ NODE_OPTIONS: `--import=${url}`, ...more });
    await new ExecutionsApi(started).run('k8s_get', NAMESPACES);
    await started.stop();
    return started.log.map(({ msg }) => msg).filter((msg) => msg.startsWith('loaded '));
  };

  it.each([{ OTEL_SDK_DISABLED: 'false' }, { OTEL_SDK_DISABLED: 'true' }])(
    'are not loaded while nothing goes to a collector: %j',
    async (disabled) => {
      const isOff = disabled.OTEL_SDK_DISABLED === 'true';
      expect(await loadedBy({ ...(isOff && env), ...disabled })).toEqual([]);
    },
  );

  it('are loaded for what does', async () => {
    const endpoint = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: env['OTEL_EXPORTER_OTLP_ENDPOINT']! };
    const loaded = await loadedBy(endpoint);
    expect(loaded).toContain('loaded @opentelemetry/sdk-trace');
    expect(loaded).not.toContain('loaded @opentelemetry/sdk-logs');
  });

  it('send to nobody else than a collector', async () => {
    const started = startServer({ OTEL_TRACES_EXPORTER: 'console' });
    await expect(started).rejects.toThrow('OTEL_TRACES_EXPORTER must be one of otlp, none');
  });
});
