import type { BenchOptions, Report, Section } from '../bench.js';
import { median } from '../stats.js';
import { type PyTorchResult, type Shape, timeBackend, timePyTorch } from './contestants.js';
import { GROUPS } from './kernel-times.js';
import { timeStartUp } from './start-up.js';
import type { StepsResult } from './steps.js';

/** The trainer's backends by device, and tfjs without this project's kernels. */
const DEVICES = ['wasm', 'plain-tfjs', 'webgpu', 'tfjs-node', 'tfjs-node-gpu'];

const SHAPES: readonly (Shape & { readonly name: string })[] = [
  { name: 'filters 32 and 64, dense 128, batch 128', filters: [32, 64], dense: 128, batch: 128 },
  { name: 'the same, batch 1024', filters: [32, 64], dense: 128, batch: 1024 },
  { name: "the demo's: filters 8 and 16, dense 32, batch 32", filters: [8, 16], dense: 32, batch: 32 },
];

type Round = { readonly pytorch: PyTorchResult | null; readonly ours: readonly (StepsResult | string)[] };

/** Measures the images per second of the built-in trainer on every backend that runs here, beside PyTorch on one thread. */
export async function benchTrainer({ quick, say }: BenchOptions): Promise<Report> {
  const rounds = quick ? 1 : 3;
  const seconds = quick ? 0.5 : 3;
  const sections: Section[] = [];
  const figures: object[] = [];
  for (const { name, ...shape } of SHAPES) {
    const results: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      say(`${name}: round ${round} of ${rounds}`);
      const pytorch = await timePyTorch(shape, seconds);
      const ours: (StepsResult | string)[] = [];
      for (const device of DEVICES) ours.push(await timeOurs(device, shape, seconds));
      results.push({ pytorch, ours });
    }
    sections.push(speedSection(name, shape, results));
    if (sections.length === 1) sections.push(...kernelSections(results));
    figures.push({ shape: name, ...shape, rounds: results.map(withoutKernels) });
  }
  const startUpMs: number[] = [];
  for (let k = 0; k < (quick ? 2 : 10); k++) startUpMs.push(await timeStartUp());
  sections.push({
    title: 'From launch to training',
    text: 'A trial of the demo, from the start of its process to the line before its first step: Node, configuration, tfjs, the data.',
    header: ['', 'median ms', 'longest ms', 'aim ms'],
    rows: [['demo', median(startUpMs).toFixed(0), Math.max(...startUpMs).toFixed(0), '1500']],
  });
  return {
    title: 'The built-in trainer: images a second',
    intro:
      "Whole steps of SimpleCNN (forward, loss, gradients, sgd with momentum), one process after the other, each on one thread; plain-tfjs is tfjs wasm without the kernels of hpo, except the filter gradient, which it lacks. A figure is the median over the rounds of each round's median step; a ratio is the median of the rounds' own ratios, since other work on a machine moves both. PyTorch's speed depends on the BLAS that it finds, named beside it.",
    sections,
    figures: { shapes: figures, startUpMs },
  };
}

/** Plain tfjs takes four seconds for a step of a large batch, which adds no information. */
async function timeOurs(device: string, shape: Shape, seconds: number): Promise<StepsResult | string> {
  if (device === 'plain-tfjs' && shape.batch > 128) return 'not measured: as at batch 128';
  return timeBackend({ device, ...shape, seconds });
}

function speedSection(name: string, { batch }: Shape, results: readonly Round[]): Section {
  const perSecond = (stepsMs: readonly number[]) => (1000 * batch) / median(stepsMs);
  const torch = results.map(({ pytorch }) => (pytorch ? perSecond(pytorch.stepsMs) : Number.NaN));
  const pytorch = results[0]?.pytorch;
  const version = pytorch && `${pytorch.version.split('+')[0]}, ${pytorch.blas}`;
  const rows: string[][] = [
    version
      ? [`PyTorch ${version}`, median(torch).toFixed(0), '1.00', '']
      : ['PyTorch', '-', '-', 'python3-torch is not installed'],
  ];
  for (const [at, device] of DEVICES.entries()) {
    const ours = results.map((round) => round.ours[at]!);
    const why = ours.find((result) => typeof result === 'string');
    if (typeof why === 'string') {
      rows.push([device, '-', '-', why]);
      continue;
    }
    const speeds = ours.map((result) => perSecond((result as StepsResult).stepsMs));
    const ratio = version ? median(speeds.map((speed, k) => speed / torch[k]!)).toFixed(2) : '-';
    rows.push([device, median(speeds).toFixed(0), ratio, '']);
  }
  return {
    title: name.charAt(0).toUpperCase() + name.slice(1),
    text: `${results.length} rounds.`,
    header: ['backend', 'images/s', "of PyTorch's", 'why not'],
    rows,
  };
}

/** Returns the time of a step on wasm, by groups beside PyTorch and kernel by kernel. */
function kernelSections(results: readonly Round[]): Section[] {
  const at = DEVICES.indexOf('wasm');
  const measured = results.flatMap(({ ours }) => {
    const result = ours[at]!;
    return typeof result === 'string' || !result.kernels ? [] : [result.kernels];
  });
  const [first] = measured;
  if (!first) return [];
  const groupMs = (group: string) =>
    median(measured.map((kernels) => kernels.filter((k) => k.group === group).reduce((s, k) => s + k.ms, 0)));
  const torch = (group: string) => {
    const times = results.flatMap(({ pytorch }) => pytorch?.groupsMs[group] ?? []);
    return times.length > 0 ? median(times).toFixed(1) : '-';
  };
  const timed = first.map(({ kernel, inputs, calls }) => {
    const times = measured.flatMap((kernels) =>
      kernels.filter((other) => other.kernel === kernel && other.inputs === inputs).map(({ ms }) => ms),
    );
    return { kernel, inputs, calls, ms: median(times) };
  });
  timed.sort((a, b) => b.ms - a.ms);
  const total = timed.reduce((sum, { ms }) => sum + ms, 0);
  return [
    {
      title: 'The time of a step on wasm',
      text: "Milliseconds of one step with 32 and 64 filters and batch 128, by each side's own profile.",
      header: ['', 'wasm ms', 'PyTorch ms'],
      rows: GROUPS.map((group) => [group, groupMs(group).toFixed(1), torch(group)]),
    },
    {
      title: 'Kernel by kernel',
      text: 'The same step: every kernel that takes more than half a percent of it.',
      header: ['kernel', 'of', 'calls', 'ms', 'share'],
      rows: timed
        .filter(({ ms }) => ms > total / 200)
        .map(({ kernel, inputs, calls, ms }) => [
          kernel,
          inputs,
          String(calls),
          ms.toFixed(2),
          `${((100 * ms) / total).toFixed(0)} %`,
        ]),
    },
  ];
}

function withoutKernels({ pytorch, ours }: Round) {
  const stepMs = (result: { stepsMs: readonly number[] }) => median(result.stepsMs);
  return {
    pytorchStepMs: pytorch && stepMs(pytorch),
    stepMs: Object.fromEntries(
      DEVICES.map((device, at) => {
        const result = ours[at]!;
        return [device, typeof result === 'string' ? result : stepMs(result)];
      }),
    ),
  };
}
