/** The GPU leases of this machine, for a sweep and for `hpo doctor`. */
export { leasePlace, lookAtLeaseDir, prepareLeaseDir } from './local/leases/folder.js';
export { gpuKey, type LeaseFile } from './local/leases/lease-file.js';
export { Leases } from './local/leases/leases.js';
