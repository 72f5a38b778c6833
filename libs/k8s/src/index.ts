export { K8sModule } from './k8s.module.js';
