import { setInterval } from 'node:timers';
import { describe, expect, it } from 'vitest';
import { redactManifests, redactRelease } from './redact-manifests.js';

const signal = new AbortController().signal;
const SECRET = 'kind:\n  Secret\nstringData: {key: hunter22}\n';

describe(redactManifests.name, () => {
  it('reads a large manifest beside the event loop', async () => {
    const rule = '  - {alert: Secret, expr: "a \\\\d", for: 1m, labels: {severity: page}}\n';
    const document = `kind: PrometheusRule\nspec:\n  rules:\n${rule.repeat(1_000)}`;
    const manifest = `${Array(40).fill(document).join('---\n')}---\n${SECRET}`;
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 20);
    const [text = ''] = await redactManifests([manifest], signal);
    clearInterval(timer);
    expect(manifest.length).toBeGreaterThan(2_500_000);
    expect(text.slice(0, -200)).toBe(manifest.slice(0, text.length - 200));
    expect(text.slice(-200)).toContain('key":"<redacted, 8 bytes>');
    expect(longest).toBeLessThan(1_000);
  });

  it('redacts the hooks of a release too', async () => {
    const release = {
      name: 'a',
      namespace: 'b',
      version: 1,
      info: { status: 'deployed' },
      manifest: SECRET,
      hooks: [{ name: 'hook', manifest: SECRET }, { name: 'other' }],
    };
    const { manifest, hooks } = await redactRelease(release, signal);
    for (const text of [manifest, hooks[0]?.manifest]) {
      expect(text).toBe('kind:\n  Secret\nstringData: {"key":"<redacted, 8 bytes>"}\n');
    }
  });
});
