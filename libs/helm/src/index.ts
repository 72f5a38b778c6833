export { HelmModule } from './helm.module.js';
