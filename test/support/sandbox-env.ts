declare module 'vitest' {
  interface ProvidedContext {
    /** The environment that reaches this run's sandbox: KUBECONFIG and PATH. */
    sandboxEnv: Record<string, string>;
  }
}

export {};
