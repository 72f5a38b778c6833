export { ArgoModule } from './argo.module.js';
