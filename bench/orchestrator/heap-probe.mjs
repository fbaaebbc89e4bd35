// Preloaded into hpo by the memory bench (node --expose-gc --import): on SIGUSR2 it collects garbage and appends what
// is left to the file that HPO_BENCH_HEAP_FILE names. Nothing else changes for hpo.
import { appendFileSync } from 'node:fs';

const file = process.env.HPO_BENCH_HEAP_FILE;
delete process.env.HPO_BENCH_HEAP_FILE;
if (file) {
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    appendFileSync(file, `${process.memoryUsage().heapUsed}\n`);
  });
}
