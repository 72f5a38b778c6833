import { feedMeter } from './instrument.js';

/** Where the API of OpenTelemetry keeps the SDK that was registered with it. */
const GLOBAL_API = Symbol.for('opentelemetry.js.api.1');

/**
 * Hands all that is recorded from now on to the SDK of OpenTelemetry, if one is started. Without,
 * nothing of it is loaded.
 * @param version of this server
 */
export async function feedOpenTelemetry(version: string): Promise<void> {
  const registered = (globalThis as Record<symbol, unknown>)[GLOBAL_API] as
    { metrics?: unknown } | undefined;
  if (registered?.metrics === undefined) return;
  const { metrics } = await import('@opentelemetry/api');
  feedMeter(metrics.getMeter('skyflo-mcp', version));
}
