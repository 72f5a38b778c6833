import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { GATE_STAGES, PartOfGate, type GatePart } from './gate-part.js';
import { Gate } from './gate.js';

/** Finds the parts of the gate in all modules, and puts them in by their stages. */
@Injectable()
export class GateParts implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly gate: Gate,
  ) {}

  onModuleInit(): void {
    const found = this.discovery
      .getProviders({ metadataKey: PartOfGate.KEY })
      .map((wrapper) => ({
        stage: this.discovery.getMetadataByDecorator(PartOfGate, wrapper)?.stage ?? 'audit',
        part: wrapper.instance as GatePart,
      }))
      .sort((a, b) => GATE_STAGES.indexOf(a.stage) - GATE_STAGES.indexOf(b.stage));
    this.gate.use(found.map(({ part }) => part));
  }
}
