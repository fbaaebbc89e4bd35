import { categorical, float, int, type Params } from '../../src/core/distribution.js';
import { makeRng, type Rng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { type Images, loadMnist, PIXELS } from '../../src/trainer/data.js';
import type { FrontProblem } from './problems.js';

const SIDE = 7;
const FEATURES = SIDE * SIDE;
const DIGITS = 10;

type Digits = { readonly inputs: readonly Float64Array[]; readonly labels: Uint8Array };

/**
 * Returns a real problem of mixed parameters: a network of one hidden layer is trained on 300 digits of MNIST, made smaller.
 * Its objectives are the validation loss and the logarithm of its number of multiplications in all of the training.
 */
export async function digitsProblem(): Promise<FrontProblem> {
  const { training, validation } = await loadMnist({ path: null, limit: 300 });
  const [known, unseen] = [small(training), small(validation)];
  return {
    name: 'digits',
    text: 'a network trained on digits',
    space: makeSpace([
      { name: 'hidden', distribution: int(2, 64, { log: true }) },
      { name: 'rate', distribution: float(1e-3, 3, { log: true }) },
      { name: 'activation', distribution: categorical(['tanh', 'relu', 'sigmoid']) },
      { name: 'optimizer', distribution: categorical(['sgd', 'momentum']) },
      { name: 'momentum', distribution: float(0, 0.99), when: { optimizer: 'momentum' } },
      { name: 'batch', distribution: categorical([4, 16, 64]) },
      { name: 'epochs', distribution: int(1, 8) },
      { name: 'decay', distribution: float(1e-6, 1e-1, { log: true }) },
    ]),
    values: (params) => [
      Math.min(trainingLoss(params, known, unseen), Math.log(DIGITS)),
      Math.log10(Number(params.hidden) * (FEATURES + DIGITS) * Number(params.epochs)),
    ],
    worst: [Math.log(DIGITS), 4.5],
  };
}

function small({ count, pixels, labels }: Images): Digits {
  const side = Math.sqrt(PIXELS);
  const step = side / SIDE;
  const inputs = Array.from({ length: count }, (_, image) => {
    const input = new Float64Array(FEATURES);
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const place = Math.floor(pixel / side / step) * SIDE + Math.floor((pixel % side) / step);
      input[place] =
        (input[place] as number) + (pixels[image * PIXELS + pixel] as number) / 255 / step / step;
    }
    return input;
  });
  return { inputs, labels };
}

/** One layer of weights with the gradient and the velocity of each. */
type Layer = { readonly w: Float64Array; readonly g: Float64Array; readonly v: Float64Array };

function trainingLoss(params: Params, known: Digits, unseen: Digits): number {
  const hidden = Number(params.hidden);
  const rng = makeRng(1, 'digits');
  const first = layer(hidden * (FEATURES + 1), 1 / Math.sqrt(FEATURES), rng);
  const second = layer(DIGITS * (hidden + 1), 1 / Math.sqrt(hidden), rng);
  const net = { hidden, first, second, bend: String(params.activation) };
  const step = {
    rate: Number(params.rate) / Number(params.batch),
    momentum: Number(params.momentum ?? 0),
    decay: Number(params.decay) * Number(params.batch),
  };
  for (let epoch = 0; epoch < Number(params.epochs); epoch++) {
    known.inputs.forEach((input, k) => {
      run(net, input, known.labels[k] as number, true);
      if ((k + 1) % Number(params.batch) === 0) for (const each of [first, second]) move(each, step);
    });
  }
  const losses = unseen.inputs.map((input, k) => run(net, input, unseen.labels[k] as number, false));
  const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
  return Number.isFinite(mean) ? mean : Number.POSITIVE_INFINITY;
}

function layer(size: number, scale: number, rng: Rng): Layer {
  const w = Float64Array.from({ length: size }, () => scale * rng.normal());
  return { w, g: new Float64Array(size), v: new Float64Array(size) };
}

function move(
  { w, g, v }: Layer,
  { rate, momentum, decay }: { rate: number; momentum: number; decay: number },
) {
  for (let k = 0; k < w.length; k++) {
    v[k] = momentum * (v[k] as number) - rate * ((g[k] as number) + decay * (w[k] as number));
    w[k] = (w[k] as number) + (v[k] as number);
    g[k] = 0;
  }
}

type Net = { readonly hidden: number; readonly first: Layer; readonly second: Layer; readonly bend: string };

/** Returns the loss of one digit; adds its gradients where it is for training. */
function run(
  { hidden, first, second, bend }: Net,
  input: Float64Array,
  label: number,
  learns: boolean,
): number {
  const units = new Float64Array(hidden + 1);
  units[hidden] = 1;
  for (let h = 0; h < hidden; h++) {
    const at = h * (FEATURES + 1);
    let sum = first.w[at + FEATURES] as number;
    for (let f = 0; f < FEATURES; f++) sum += (first.w[at + f] as number) * (input[f] as number);
    units[h] =
      bend === 'relu' ? Math.max(0, sum) : bend === 'tanh' ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum));
  }
  const scores = new Float64Array(DIGITS);
  for (let d = 0; d < DIGITS; d++)
    for (let h = 0; h <= hidden; h++)
      scores[d] = (scores[d] as number) + (second.w[d * (hidden + 1) + h] as number) * (units[h] as number);
  const most = scores.reduce((a, b) => Math.max(a, b));
  const total = scores.reduce((sum, score) => sum + Math.exp(score - most), 0);
  const loss = Math.log(total) + most - (scores[label] as number);
  if (!learns) return loss;
  const back = new Float64Array(hidden);
  for (let d = 0; d < DIGITS; d++) {
    const pull = Math.exp((scores[d] as number) - most) / total - (d === label ? 1 : 0);
    for (let h = 0; h <= hidden; h++) {
      const at = d * (hidden + 1) + h;
      if (h < hidden) back[h] = (back[h] as number) + pull * (second.w[at] as number);
      second.g[at] = (second.g[at] as number) + pull * (units[h] as number);
    }
  }
  for (let h = 0; h < hidden; h++) {
    const unit = units[h] as number;
    const slope = bend === 'relu' ? Number(unit > 0) : bend === 'tanh' ? 1 - unit * unit : unit * (1 - unit);
    const pull = (back[h] as number) * slope;
    const at = h * (FEATURES + 1);
    for (let f = 0; f < FEATURES; f++)
      first.g[at + f] = (first.g[at + f] as number) + pull * (input[f] as number);
    first.g[at + FEATURES] = (first.g[at + FEATURES] as number) + pull;
  }
  return loss;
}
