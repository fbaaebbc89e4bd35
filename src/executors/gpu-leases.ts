/** The GPU leases of this machine, for whoever composes a sweep or looks at the machine. */
export { leasePlace, lookAtLeaseDir, prepareLeaseDir } from './local/leases/folder.js';
export { gpuKey, type LeaseFile } from './local/leases/lease-file.js';
export { Leases } from './local/leases/leases.js';
