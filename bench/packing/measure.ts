import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SweepFolder } from '../orchestrator/sweep-folder.js';
import { median } from '../stats.js';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export type Workload = {
  readonly device: 'cpu' | 'gpu';
  /** Numbers of trials that share the device, starting with 1. */
  readonly slots: readonly number[];
  /** In each sweep. */
  readonly trials: number;
  readonly epochs: number;
  /** Training images per epoch. */
  readonly images: number;
  /** Sweeps with each number of slots. */
  readonly rounds: number;
};

/** Medians over the sweeps. Null: not reported (on the CPU, or where nvidia-smi does not). */
type SlotFigures = {
  readonly slots: number;
  readonly trialsPerMinute: number;
  readonly imagesPerSecond: number;
  readonly ratioToOne: number;
  /** Duration of one trial in seconds. */
  readonly trialS: number;
  readonly cardUtilizationPercent: number | null;
  /** Maximum over one trial's processes. */
  readonly memoryMiB: number | null;
  readonly sweepsS: readonly number[];
};

export type Figures = Omit<Workload, 'slots'> & { readonly slots: readonly SlotFigures[] };

/** Returns the tfjs backend of the built-in trainer on a device; null when it has none for it. */
export async function backendOf(device: Workload['device']): Promise<string | null> {
  const args = ['train', `device=${device}`, 'epochs=1', 'data.limit=64'];
  try {
    const { stdout } = await run(process.execPath, [CLI, ...args]);
    return / parameters on ([^:]+):/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Times sweeps with each number of slots in turn, so that a machine that slows down affects all of them equally. */
export async function measure(load: Workload, say: (line: string) => void): Promise<Figures> {
  const sweeps = new Map<number, Sweep[]>(load.slots.map((slots) => [slots, []]));
  for (let round = 1; round <= load.rounds; round++) {
    for (const slots of load.slots) {
      const sweep = await timeSweep(load, slots);
      sweeps.get(slots)?.push(sweep);
      say(`${load.device}: round ${round}, ${slots} slots: ${(sweep.wallMs / 1000).toFixed(1)} s`);
    }
  }
  const figures = [...sweeps].map(([slots, all]) => summarize(load, slots, all));
  const one = figures[0]?.trialsPerMinute ?? Number.NaN;
  return { ...load, slots: figures.map((each) => ({ ...each, ratioToOne: each.trialsPerMinute / one })) };
}

type Sweep = { readonly wallMs: number; readonly rows: readonly Record<string, string>[] };

async function timeSweep(load: Workload, slots: number): Promise<Sweep> {
  const folder = new SweepFolder({
    'cfg/config.yaml': JSON.stringify({
      device: load.device,
      epochs: load.epochs,
      data: { limit: load.images },
    }),
    'cfg/sweep.yaml': JSON.stringify({
      parameters: { 'learner.step_size': { min: 0.001, max: 0.01 } },
      sampler: 'random',
      trials: load.trials,
      // One GPU, however many there are.
      devices: load.device === 'cpu' ? 'cpu' : 0,
      slots_per_device: slots,
      max_concurrent: slots,
    }),
  });
  try {
    const wallMs = await folder.optimize();
    const rows = folder.rows();
    const complete = rows.filter(({ state }) => state === 'COMPLETE').length;
    if (complete !== load.trials) throw new Error(`expected ${load.trials} complete trials, got ${complete}`);
    return { wallMs, rows };
  } finally {
    folder.remove();
  }
}

function summarize(load: Workload, slots: number, sweeps: readonly Sweep[]) {
  const sweepsS = sweeps.map(({ wallMs }) => wallMs / 1000);
  const trialsPerSecond = load.trials / median(sweepsS);
  const cells = (name: string) =>
    sweeps.flatMap(({ rows }) => rows.flatMap((row) => (row[name] ? [Number(row[name])] : [])));
  const [busy, memory] = [cells('gpu_card_util'), cells('gpu_mem_mib')];
  return {
    slots,
    trialsPerMinute: trialsPerSecond * 60,
    imagesPerSecond: trialsPerSecond * load.epochs * load.images,
    trialS: median(cells('duration_s')),
    cardUtilizationPercent: busy.length === 0 ? null : median(busy),
    memoryMiB: memory.length === 0 ? null : Math.max(...memory),
    sweepsS: sweepsS.map((s) => Number(s.toFixed(2))),
  };
}
