import { Injectable } from '@nestjs/common';
import { Programs } from '#cli';
import { ToolRequirement } from '#tools';

/** kubectl on the PATH, for the few tools that run it. */
@Injectable()
export class KubectlRequirement extends ToolRequirement {
  override readonly program = 'kubectl';

  constructor(private readonly programs: Programs) {
    super();
  }

  override async missing(): Promise<string | undefined> {
    return this.programs.find('kubectl')
      ? undefined
      : 'kubectl is not on the PATH of the server. Install it: https://kubernetes.io/docs/tasks/tools/';
  }
}
