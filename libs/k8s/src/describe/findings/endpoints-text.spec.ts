import { describe, expect, it } from 'vitest';
import { endpointsText } from './endpoints-text.js';

const slice = (count: number) => ({
  endpoints: Array.from({ length: count }, (_, index) => ({
    addresses: [`10.0.0.${index}`],
    targetRef: { kind: 'Pod', name: `web-${index}` },
    nodeName: 'node-1',
  })),
  ports: [{ name: 'http', port: 80 }],
});

describe(endpointsText, () => {
  it('has every endpoint where there is room', () => {
    expect(endpointsText('web', [slice(1), { endpoints: null, ports: null }], [], 1_000)).toBe(
      'All endpoints (1, 1 ready):\n' +
        '  ADDRESS    PORTS         READY   POD     NODE\n' +
        '  10.0.0.0   http 80/TCP   yes     web-0   node-1',
    );
    expect(endpointsText('web', [], [], 1_000)).toBe('All endpoints: none');
  });

  it('says how many there is no room for, and where they are', () => {
    const text = endpointsText('web', [slice(200)], [], 1_000);
    expect(text.length).toBeLessThanOrEqual(1_000);
    const shown = text.match(/^ {2}10\./gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(10);
    expect(text).toMatch(/^All endpoints \(200, 200 ready\):\n/);
    expect(text.split('\n').at(-1)).toBe(
      `  [${200 - shown} more: k8s_get endpointslices with label_selector kubernetes.io/service-name=web]`,
    );
    expect(endpointsText('web', [slice(200)], [], -5)).toMatch(/\n {2}\[200 more: [^\n]*\]$/);
  });
});
