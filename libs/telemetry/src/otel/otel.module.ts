import { Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import type { OtelSdk } from './otel-sdk.js';
import { otelConfig } from './otel.config.js';

/** The SDK that runs. It starts before the application, whose start is logged already. */
let running: OtelSdk | undefined;

/** Has the SDK closed together with the application. */
export function closeWithApplication(sdk: OtelSdk): void {
  running = sdk;
}

@Injectable()
class OtelLifecycle implements OnApplicationShutdown {
  async onApplicationShutdown(): Promise<void> {
    await running?.close();
  }
}

/** What goes to an OpenTelemetry collector. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(otelConfig)],
  providers: [OtelLifecycle],
  exports: [ConfigModule],
})
export class OtelModule {}
