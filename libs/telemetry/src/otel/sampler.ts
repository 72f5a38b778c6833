import type { Sampler } from '@opentelemetry/sdk-trace';
import type { OtelConfig } from './otel.config.js';

type Sdk = typeof import('@opentelemetry/sdk-trace');

const OF_PARENT = 'parentbased_';

/** The sampler that the settings name. */
export function samplerOf(sdk: Sdk, { sampler, ratio }: OtelConfig): Sampler {
  if (sampler.startsWith(OF_PARENT)) {
    const root = rootOf(sdk, sampler.slice(OF_PARENT.length), ratio);
    return new sdk.ParentBasedSampler({ root });
  }
  return rootOf(sdk, sampler, ratio);
}

function rootOf(sdk: Sdk, name: string, ratio: number): Sampler {
  if (name === 'always_off') return new sdk.AlwaysOffSampler();
  if (name === 'traceidratio') return new sdk.TraceIdRatioBasedSampler(ratio);
  return new sdk.AlwaysOnSampler();
}
