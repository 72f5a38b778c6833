import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The environment that reaches this run's sandbox: KUBECONFIG and PATH. */
    sandboxEnv: Record<string, string>;
    /** Its name, to stop and start parts of it. */
    sandboxName: string;
    /** A private folder that goes with it. */
    sandboxFolder: string;
  }
}
