// Two objectives and several trials at once: `trial.params` has types, and a typo is a compiler error.
import { categorical, createStudy, float, int, nsga2 } from 'hpo';

await using study = await createStudy({
  objectives: { error: 'minimize', cost: 'minimize' },
  sampler: nsga2({ population: 12 }),
  seed: 7,
  space: {
    rate: float(1e-4, 1, { log: true }),
    layers: int(1, 6),
    opt: categorical(['sgd', 'adam']),
    momentum: float(0, 0.99).when({ opt: 'sgd' }),
  },
});
await study.enqueue({ rate: 0.01, layers: 2, opt: 'adam' }); // tried first

const running: Promise<unknown>[] = [];
for await (const trial of study.run({ totalTrials: 40, concurrency: 4 })) {
  const { rate, layers, opt, momentum = 0 } = trial.params;
  running.push(
    score(rate, opt, momentum).then((distance) =>
      trial.complete({ error: distance ** 2 + 1 / layers, cost: layers }),
    ),
  );
}
await Promise.all(running);

for (const { params, values } of await study.bestTrials())
  console.log(
    `error ${values.error.toFixed(3)} cost ${values.cost} rate ${params.rate.toPrecision(2)} ${params.opt}`,
  );

/** Stands for a training. */
async function score(rate: number, opt: 'sgd' | 'adam', momentum: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve));
  return Math.log10(rate) + (opt === 'adam' ? 2.5 : 1 + momentum);
}
