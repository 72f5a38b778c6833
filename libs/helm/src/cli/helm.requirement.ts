import { Injectable } from '@nestjs/common';
import { Programs } from '#cli';
import { ToolRequirement } from '#tools';

/** Tools that run helm need it on the PATH. Tools that only read releases do not. */
@Injectable()
export class HelmRequirement extends ToolRequirement {
  override readonly program = 'helm';

  constructor(private readonly programs: Programs) {
    super();
  }

  async missing(): Promise<string | undefined> {
    return this.programs.find('helm')
      ? undefined
      : 'helm is not on the PATH of the server. Install it: https://helm.sh/docs/intro/install/';
  }
}
