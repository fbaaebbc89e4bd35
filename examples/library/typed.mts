// A declared space: `params` has types, and a typo is a compiler error.
import { categorical, createStudy, float, int } from 'hpo';

const study = await createStudy({
  directions: ['minimize', 'minimize'],
  metrics: ['error', 'cost'],
  sampler: 'nsga2',
  seed: 7,
  space: {
    rate: float(1e-4, 1, { log: true }),
    layers: int(1, 6),
    opt: categorical(['sgd', 'adam']),
  },
});
await study.enqueue({ rate: 0.01, layers: 2, opt: 'adam' }); // tried first

await study.optimize(
  async ({ params: { rate, layers, opt } }) => {
    const distance = Math.log10(rate) + (opt === 'adam' ? 2.5 : 1);
    return { error: distance ** 2 + 1 / layers, cost: layers };
  },
  { trials: 40, concurrency: 4 },
);

for (const { params, values } of await study.paretoFront())
  console.log(
    `error ${values[0]?.toFixed(3)} cost ${values[1]} rate ${params.rate.toPrecision(2)} ${params.opt}`,
  );
await study.close();
