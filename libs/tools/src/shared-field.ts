import type { Type } from '@nestjs/common';
import type { Lane } from './lane.js';

/**
 * A parameter that many tools have. A lib provides it as an injectable class; providers and tools
 * name that class in `sharedFields`.
 */
export abstract class SharedField {
  /**
   * The DTO class that declares the parameter, or undefined where it is not offered. It may be
   * another one when the parameter has changed, and is the same one otherwise.
   */
  abstract input(): Type<object> | undefined;

  /**
   * The lane of a call, where this parameter decides it.
   * @param shared the values of the parameters that the tool shares with others, by name
   */
  laneOf?(shared: Readonly<Record<string, unknown>>): Lane | undefined;

  /** Seconds for which a call lets time pass after its changes, where this parameter says so. */
  waitSeconds?(shared: Readonly<Record<string, unknown>>): number;
}
