// Draws each sampler's behavior in a bent valley of two parameters (dark where the value is good), and the best value so
// far from trial to trial. From real asks and tells, with a fixed seed.

import { source } from './sources.mjs';

const { createStudy, float, int } = await source('index.ts');
const { samplers } = await source('samplers/registry.ts');
const TRIALS = 60;
const SIZE = 260;
const MARGIN = 12;
const CELLS = 26;
const COLUMNS = 8; // a grid needs finite values: 8 x 8 of them

/** Rosenbrock's valley on [-2, 2] x [-1, 3]. */
const objective = ({ x, y }) => 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x);
/** Returns the value on a log scale: the valley's floor and its walls differ by a factor of a thousand. */
const shown = (value) => Math.log10(1 + value);

/** Name of the sampler -> SVG. */
export async function drawPictures() {
  const pictures = new Map();
  for (const { name } of samplers) pictures.set(name, draw(name, await run(name)));
  return pictures;
}

async function run(name) {
  const grid = name === 'grid';
  const space = grid
    ? { i: int(0, COLUMNS - 1), j: int(0, COLUMNS - 1) }
    : { x: float(-2, 2), y: float(-1, 3) };
  const study = await createStudy({ name, direction: 'minimize', space, sampler: name, seed: 1 });
  const points = [];
  for (let k = 0; k < TRIALS; k++) {
    const trial = await study.ask();
    const { i, j } = trial.params;
    const at = grid ? { x: -2 + (4 * i) / (COLUMNS - 1), y: -1 + (4 * j) / (COLUMNS - 1) } : trial.params;
    const value = objective(at);
    points.push({ ...at, value });
    await study.tell(trial, value);
  }
  await study.close();
  return points;
}

function draw(name, points) {
  const px = (x) => round(MARGIN + ((x + 2) / 4) * SIZE);
  const py = (y) => round(MARGIN + SIZE - ((y + 1) / 4) * SIZE);
  const best = points.reduce((a, b) => (b.value < a.value ? b : a));
  const dots = points.map(({ x, y }, k) => {
    const hue = Math.round(210 - (k / (TRIALS - 1)) * 190);
    return `<circle cx="${px(x)}" cy="${py(y)}" r="3.4" fill="hsl(${hue} 85% 55%)" stroke="#fff" stroke-width="0.8"/>`;
  });
  const width = 2 * SIZE + 3 * MARGIN;
  const height = SIZE + 2 * MARGIN + 18;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11">
<title>${name}: ${TRIALS} trials in Rosenbrock's valley, best ${best.value.toFixed(3)}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${valley(px, py).join('\n')}
${dots.join('\n')}
<circle cx="${px(best.x)}" cy="${py(best.y)}" r="6" fill="none" stroke="#d00" stroke-width="2"/>
${curve(points)}
<text x="${MARGIN}" y="${height - 8}">${name}: blue: early, red: late; ring: the best</text>
<text x="${SIZE + 2 * MARGIN}" y="${height - 8}">best so far (logarithm), final ${best.value.toFixed(3)}</text>
</svg>
`;
}

function valley(px, py) {
  const step = 4 / CELLS;
  const side = round(SIZE / CELLS + 0.4);
  return Array.from({ length: CELLS * CELLS }, (_, k) => {
    const [x, y] = [-2 + (k % CELLS) * step, -1 + Math.floor(k / CELLS) * step];
    const light = Math.round(
      35 + 60 * Math.min(1, shown(objective({ x: x + step / 2, y: y + step / 2 })) / 3.4),
    );
    return `<rect x="${px(x)}" y="${py(y + step)}" width="${side}" height="${side}" fill="hsl(220 15% ${light}%)"/>`;
  });
}

function curve(points) {
  let best = Number.POSITIVE_INFINITY;
  const line = points.map(({ value }, k) => {
    best = Math.min(best, value);
    const x = SIZE + 2 * MARGIN + (k / (TRIALS - 1)) * SIZE;
    return `${round(x)},${round(MARGIN + SIZE - (Math.min(shown(best), 2.5) / 2.5) * SIZE)}`;
  });
  const frame = `<rect x="${SIZE + 2 * MARGIN}" y="${MARGIN}" width="${SIZE}" height="${SIZE}" fill="none" stroke="#999"/>`;
  return `${frame}\n<polyline points="${line.join(' ')}" fill="none" stroke="#d00" stroke-width="2"/>`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
