// Tunes a small network on two spirals, in this program. Parameters are named where they are used.
import { createStudy, median } from 'hpo';

const study = await createStudy({
  name: 'spiral',
  storage: 'sqlite:spiral.db',
  direction: 'maximize',
  pruner: median({ startupTrials: 4, warmupSteps: 5 }),
  loadIfExists: true, // run the program again to resume
});

for await (const trial of study.run({ totalTrials: Number(process.argv[2] ?? 24) })) {
  const right = await train(trial);
  const state = await (trial.signal.aborted ? trial.prune() : trial.complete(right));
  console.log(`trial ${trial.number} ${state} ${right}`);
}
const best = await study.best();
console.log(`the best is trial ${best.trials[0]} with ${best.value}`, best.params);
await study.close();

async function train(trial) {
  const rate = trial.suggestFloat('rate', 0.003, 0.3, { log: true });
  const units = trial.suggestInt('units', 4, 24);
  const activation = trial.suggestCategorical('activation', ['tanh', 'relu']);
  // Only with relu: other trials have no such parameter.
  const leak = activation === 'relu' ? trial.suggestFloat('leak', 0, 0.2) : 0;
  const act = activation === 'tanh' ? Math.tanh : (z) => Math.max(leak * z, z);
  const slope = activation === 'tanh' ? (a) => 1 - a * a : (a) => (a > 0 ? 1 : leak);

  const random = generator(trial.seed);
  const net = Array.from({ length: units }, () => ({ w: [normal(random), normal(random)], b: 0, out: 0 }));
  let right = 0;
  for (let epoch = 1; epoch <= 15; epoch++) {
    for (let k = 0; k < 150; k++) {
      const [point, label] = spiral(random);
      const hidden = net.map(({ w, b }) => act(w[0] * point[0] + w[1] * point[1] + b));
      const sum = net.reduce((all, { out }, j) => all + out * hidden[j], 0);
      const error = label - 1 / (1 + Math.exp(-sum));
      net.forEach((unit, j) => {
        const back = rate * error * unit.out * slope(hidden[j]);
        unit.out += rate * error * hidden[j];
        unit.w[0] += back * point[0];
        unit.w[1] += back * point[1];
        unit.b += back;
      });
    }
    right = 0;
    for (let k = 0; k < 200; k++) {
      const [point, label] = spiral(random);
      const sum = net.reduce(
        (all, { w, b, out }) => all + out * act(w[0] * point[0] + w[1] * point[1] + b),
        0,
      );
      right += Number(sum > 0 === (label === 1)) / 200;
    }
    trial.report(right, epoch);
    if (await trial.shouldPrune()) break;
  }
  return right;
}

function spiral(random) {
  const label = random() < 0.5 ? 0 : 1;
  const turn = 0.3 + 2.2 * random();
  const angle = turn * 2 + label * Math.PI;
  return [[turn * Math.cos(angle), turn * Math.sin(angle)], label];
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

// The same seed trains the same network.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
