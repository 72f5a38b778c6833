import { parseKubeconfig } from './kubeconfig-document.js';

export default parseKubeconfig;
