/** What nvidia-smi reports while a sweep runs: free memory before a launch, and what running trials use. */
export { FreeMemory } from './local/gpus/free-memory.js';
export { GpuUsageMonitor } from './local/gpus/gpu-usage-monitor.js';
