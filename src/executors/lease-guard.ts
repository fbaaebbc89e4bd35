// What a sweep knows of the guard of its trainers.
export { openLeaseGuard, type WorkerGuard } from './local/lease-guard.js';
