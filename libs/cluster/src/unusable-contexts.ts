import { Logger } from '@nestjs/common';

/** Says in the log which contexts cannot be used, once for each thing that is wrong. */
export class UnusableContexts {
  private readonly logger = new Logger('Clusters');
  private told: ReadonlyMap<string, string> = new Map();

  /** @param faultOf why a context cannot be used */
  tell(names: readonly string[], faultOf: (name: string) => string | undefined): void {
    const faults = new Map<string, string>();
    for (const kubeContext of names) {
      const problem = faultOf(kubeContext);
      if (problem === undefined) continue;
      faults.set(kubeContext, problem);
      if (this.told.get(kubeContext) === problem) continue;
      this.logger.warn({ msg: 'a context cannot be used', kubeContext, problem });
    }
    this.told = faults;
  }
}
