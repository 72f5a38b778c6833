import type { Metric, Registry as PromRegistry } from 'prom-client';
import { allInstruments, type Instrument } from './instrument.js';

/** The text of all metrics, and what kind of text it is. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Milliseconds for which scrapes get the same text: however many ask, it is made once. */
const FRESH_MS = 1_000;

interface Kept {
  readonly madeMs: number;
  readonly made: Promise<Exposition>;
}

/**
 * Shows all metrics as text, with those of the process that prom-client has. It is loaded when the
 * first one asks: a server that nobody scrapes does without.
 */
export class Metrics {
  private registries: Promise<Record<'plain' | 'open', PromRegistry>> | undefined;
  private readonly kept = new Map<string, Kept>();

  /**
   * The metrics in the format that a reader prefers.
   * @param accept the header of that name; Prometheus' own format unless it asks for OpenMetrics
   */
  async show(accept = ''): Promise<Exposition> {
    const format = /\bapplication\/openmetrics-text\b/.test(accept) ? 'open' : 'plain';
    const known = this.kept.get(format);
    if (known && performance.now() - known.madeMs < FRESH_MS) return known.made;
    const made = this.make(format);
    const entry = { madeMs: performance.now(), made };
    this.kept.set(format, entry);
    // Not kept longer than it is of use: it may be large.
    const drop = () => {
      if (this.kept.get(format) === entry) this.kept.delete(format);
    };
    setTimeout(drop, FRESH_MS).unref();
    return made.catch((error: unknown) => {
      drop();
      throw error;
    });
  }

  private async make(format: 'plain' | 'open'): Promise<Exposition> {
    this.registries ??= openRegistries();
    const { [format]: registry } = await this.registries;
    return { contentType: registry.contentType, text: await registry.metrics() };
  }
}

async function openRegistries(): Promise<Record<'plain' | 'open', PromRegistry>> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const plain = new Registry();
  collectDefaultMetrics({ register: plain });
  for (const instrument of allInstruments()) plain.registerMetric(shown(instrument));
  const open = new Registry();
  open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  for (const metric of plain.getMetricsAsArray()) open.registerMetric(inOpenMetrics(metric));
  return { plain, open };
}

/** What a registry of prom-client asks of its metrics. */
interface Shown {
  name: string;
  type: string;
  get: () => Promise<object>;
}

function shown(instrument: Instrument): Metric {
  const { prometheusName: name, kind: type, declaration } = instrument;
  const head = { name, type, help: declaration.description };
  const metric: Shown = {
    ...head,
    get: async () => ({ ...head, values: await instrument.samples() }),
  };
  return metric as unknown as Metric;
}

/**
 * A metric for the registry that writes OpenMetrics: that registry takes `_total` from the name of
 * the counter itself, and the other one would then show the counter without it.
 */
function inOpenMetrics(metric: unknown): Metric {
  const original = metric as Shown;
  const { type } = original;
  const name = type === 'counter' ? original.name.replace(/_total$/, '') : original.name;
  const get = async () => ({ ...(await original.get()), name });
  return { name, type, get } as unknown as Metric;
}
