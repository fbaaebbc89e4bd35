import { findGpus } from '../../src/executors/devices.js';
import type { Bench, Section } from '../bench.js';
import { backendOf, type Figures, measure, type Workload } from './measure.js';

const NO_GPU = 'this machine has no GPU that a backend of the built-in trainer supports';

/** Measures the benefit of `slots_per_device`: trials and images per time, for several numbers of trials on one device. */
export const benchPacking: Bench = async ({ quick, say, flags }) => {
  const onCpu = flags.has('--cpu');
  // A software renderer can look like a GPU backend, so require a card as well.
  const [gpu] = await findGpus();
  const gpuBackend = gpu === undefined ? null : await backendOf('gpu');
  const hasGpu = gpu !== undefined && gpuBackend !== null;
  if (!hasGpu) say(`${NO_GPU}${onCpu ? '' : '; `npm run bench packing -- --cpu` measures on the CPU'}`);
  if (!hasGpu && !onCpu) return null;

  const size = quick ? { trials: 2, epochs: 1, images: 1000 } : { trials: 8, epochs: 3, images: 5000 };
  const rounds = quick ? 1 : 3;
  const sections: Section[] = [];
  const figures: Record<string, Figures> = {};
  if (hasGpu) {
    const more = quick ? { ...size, trials: 8 } : { ...size, trials: 16, images: 20_000 };
    const load: Workload = { ...more, device: 'gpu', slots: [1, 2, 4, 8], rounds };
    figures.gpu = await measure(load, say);
    sections.push(section(`One GPU: ${gpu.name}`, gpuBackend, load, figures.gpu));
  }
  if (onCpu) {
    const load: Workload = { ...size, device: 'cpu', slots: [1, 2], rounds };
    figures.cpu = await measure(load, say);
    sections.push(section('The CPU', (await backendOf('cpu')) ?? 'unknown', load, figures.cpu));
  }
  return {
    title: 'The benefit of trials that share a device',
    intro:
      'The built-in trainer (a small CNN on MNIST) under `hpo optimize`, with several numbers of slots on one device. Whole ' +
      'sweeps are timed, from the start of hpo to its end. So every figure includes the start of each trainer, its evaluation and the ' +
      `orchestrator.${hasGpu ? '' : ` There is no table of a GPU: ${NO_GPU}.`}`,
    sections,
    figures,
  };
};

function section(title: string, backend: string, load: Workload, figures: Figures): Section {
  const { trials, epochs, images, rounds } = load;
  const onGpu = load.device === 'gpu';
  return {
    title,
    text:
      `Backend ${backend}; ${trials} trials of ${epochs} epochs over ${images} images in each sweep; medians of ` +
      `${rounds} sweeps with each number of slots, in turn. Images are those trained on. The ratio compares the ` +
      'trials per minute with those of one slot.',
    header: [
      'slots',
      'trials/min',
      'images/s',
      'ratio to 1',
      's per trial',
      ...(onGpu ? ['GPU busy', 'own memory'] : []),
    ],
    rows: figures.slots.map((each) => [
      String(each.slots),
      each.trialsPerMinute.toFixed(1),
      each.imagesPerSecond.toFixed(0),
      each.ratioToOne.toFixed(2),
      each.trialS.toFixed(1),
      ...(onGpu ? [percent(each.cardUtilizationPercent), mib(each.memoryMiB)] : []),
    ]),
  };
}

function percent(value: number | null): string {
  return value === null ? 'unknown' : `${value.toFixed(0)} %`;
}

function mib(value: number | null): string {
  return value === null ? 'unknown' : `${value.toFixed(0)} MiB`;
}
