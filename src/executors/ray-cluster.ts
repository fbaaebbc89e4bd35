/** What a cluster of Ray says of itself. */
export { askCluster } from './ray/cluster.js';
