/** The resource types of Argo Rollouts, in the form that discovery resolves. */
export const ROLLOUTS = 'rollouts.v1alpha1.argoproj.io';
export const EXPERIMENTS = 'experiments.v1alpha1.argoproj.io';
export const ANALYSIS_RUNS = 'analysisruns.v1alpha1.argoproj.io';
