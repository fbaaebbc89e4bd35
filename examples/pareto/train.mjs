// Fits a bent curve with a network of one hidden layer, in plain JavaScript, and reports its error after each epoch.
const given = Object.fromEntries(process.argv.slice(2).map((arg) => arg.split('=')));
const hidden = Number(given.hidden ?? 8);
const stepSize = Number(given.step_size ?? 0.05);
const relu = given.activation === 'relu';
const epochs = 40;

// A small generator: the same seed trains the same network.
let state = Number(process.env.HPO_SEED ?? 0) >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const curve = (x) => Math.sin(5 * x) + 0.5 * x;
const points = Array.from({ length: 80 }, (_, k) => -1 + (2 * (k + 0.5)) / 80);
const units = Array.from({ length: hidden }, () => ({
  slope: 6 * random() - 3,
  shift: 2 * random() - 1,
  out: random() - 0.5,
}));
let bias = 0;

const bend = (z) => (relu ? Math.max(0, z) : Math.tanh(z));
const slopeOf = (z) => (relu ? Number(z > 0) : 1 - Math.tanh(z) ** 2);
const predict = (x) =>
  units.reduce((sum, { slope, shift, out }) => sum + out * bend(slope * x + shift), bias);

// Once: it does not change during training.
console.log(`METRIC weights=${3 * hidden + 1}`);
for (let epoch = 1; epoch <= epochs; epoch++) {
  for (let k = 0; k < points.length; k++) {
    const x = points[Math.floor(random() * points.length)];
    const pull = stepSize * Math.max(-1, Math.min(1, curve(x) - predict(x)));
    for (const unit of units) {
      const z = unit.slope * x + unit.shift;
      const back = pull * unit.out * slopeOf(z);
      unit.out += pull * bend(z);
      unit.slope += back * x;
      unit.shift += back;
    }
    bias += pull;
  }
  const error = points.reduce((sum, x) => sum + (curve(x) - predict(x)) ** 2, 0) / points.length;
  console.log(`METRIC epoch=${epoch} error=${error}`);
}
