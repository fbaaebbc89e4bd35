import { once } from 'node:events';
import type * as library from '../../src/index.js';

// One orchestrator, with the library as it is built: waits for a line on stdin, asks and tells, and prints what it measured.
// Arguments: the storage, the study, trials, trials before it waits (in a study of its own), the sampler.
const [storage = '', name = '', trials, before, sampler] = process.argv.slice(2);
const built = new URL('../../dist/index.js', import.meta.url).href;
const { createStudy, float } = (await import(built)) as typeof library;
const space = Object.fromEntries(Array.from({ length: 10 }, (_, k) => [`x${k}`, float(-5, 5)] as const));

async function work(study: string, count: number) {
  const measured = { asksMs: [] as number[], tellsMs: [] as number[], numbers: [] as number[] };
  const opened = await createStudy({
    name: study,
    storage,
    direction: 'minimize',
    space,
    sampler: sampler as 'random',
    seed: 1,
    loadIfExists: true,
  });
  const begin = async () => {
    for (let k = 0; k < count; k++) {
      const startedMs = performance.now();
      const trial = await opened.ask();
      const askedMs = performance.now();
      await opened.tell(trial, Math.random());
      measured.asksMs.push(askedMs - startedMs);
      measured.tellsMs.push(performance.now() - askedMs);
      measured.numbers.push(trial.number);
    }
    return measured;
  };
  return { begin, close: () => opened.close() };
}

const warm = await work(`${name} before ${process.pid}`, Number(before));
await warm.begin();
await warm.close();
const study = await work(name, Number(trials));
console.log('ready');
await once(process.stdin, 'data');
console.log(JSON.stringify(await study.begin()));
await study.close();
process.stdin.destroy();
