// Lists that several rooms (rooms.ts) have in common.

/** The packages of the built-in trainer's backends. */
export const TENSORFLOW = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];

/** The public part of the executors. Nothing else may import the insides of one (`executors/local/`). */
export const EXECUTORS = [
  'executors/executor',
  'executors/handle',
  'executors/changeable-limits',
  'executors/log-reports',
  'executors/log-tail',
  'executors/registry',
  'executors/trainer-command',
  'executors/trainer-setup',
  'executors/rerun-command',
  'executors/study-outputs',
  'executors/devices',
  'executors/slots',
  'executors/slot-pool',
  'executors/gpu-slots',
  'executors/gpu-leases',
  'executors/gpu-watch',
  'executors/lease-guard',
  'executors/ask-nvidia-smi',
  'executors/ray-cluster',
  'executors/run-with-timeout',
];
