// Preloaded into hpo by the memory bench (node --expose-gc --import). On SIGUSR2 it collects garbage and appends the heap
// size to the file in HPO_BENCH_HEAP_FILE. It changes nothing else in hpo.
import { appendFileSync } from 'node:fs';

const file = process.env.HPO_BENCH_HEAP_FILE;
delete process.env.HPO_BENCH_HEAP_FILE;
if (file) {
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    appendFileSync(file, `${process.memoryUsage().heapUsed}\n`);
  });
}
