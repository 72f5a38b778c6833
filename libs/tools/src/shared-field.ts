import type { Type } from '@nestjs/common';

/**
 * A parameter that many tools have. A lib provides it as an injectable class; providers and tools
 * name that class in `sharedFields`.
 */
export abstract class SharedField {
  /**
   * The DTO class that declares the parameter, or undefined where it is not offered on this server.
   */
  abstract input(): Type<object> | undefined;
}
