import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { DiscoveryModule, MetadataScanner } from '@nestjs/core';
import { sharesConfig } from './config/shares.config.js';
import { TimeLimitInterceptor } from './time-limit.interceptor.js';
import { ToolInvoker } from './tool.invoker.js';
import { ToolRegistry } from './tool.registry.js';
import { toolsConfig } from './tools.config.js';

/** The registry of all tools and the one way to call them. */
@Global()
@Module({
  imports: [
    DiscoveryModule,
    ConfigModule.forFeature(sharesConfig),
    ConfigModule.forFeature(toolsConfig),
  ],
  providers: [MetadataScanner, ToolRegistry, ToolInvoker, TimeLimitInterceptor],
  exports: [ToolRegistry, ToolInvoker],
})
export class ToolsModule {}
