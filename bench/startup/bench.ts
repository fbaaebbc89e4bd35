import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, Report } from '../bench.js';
import { median } from '../stats.js';

const PROBE = fileURLToPath(new URL('./cpu-probe.cjs', import.meta.url));
const DIST = new URL('../../dist/', import.meta.url);
const LIBRARY = JSON.stringify(new URL('index.js', DIST).href);
const MAIN = fileURLToPath(new URL('cli/main.js', DIST));

const module = (text: string) => ['--input-type=module', '-e', text];
/** `added`: the aim is for the time beyond Node's own start. */
const STARTS = [
  { what: 'node alone', args: module(''), aim: null },
  { what: "import 'hpo'", args: module(`import ${LIBRARY}`), aim: { ms: 60, added: true } },
  {
    what: "import 'hpo', a study in memory, one ask and tell",
    args: module(`
      import { createStudy, float } from ${LIBRARY};
      const study = await createStudy({ direction: 'minimize', sampler: 'random', space: { x: float(0, 1) } });
      await study.tell(await study.ask(), 1);
    `),
    aim: null,
  },
  { what: 'hpo --help', args: [MAIN, '--help'], aim: { ms: 150, added: false } },
  { what: 'hpo --version', args: [MAIN, '--version'], aim: null },
] as const;

type Time = { readonly wallMs: number; readonly cpuMs: number };

/** Measures the start-up time of a program that uses hpo, beside Node's own start. */
export async function benchStartup({ quick, say }: BenchOptions): Promise<Report> {
  const rounds = quick ? 3 : 20;
  const times: Time[][] = STARTS.map(() => []);
  // In turn, so that other work on the machine affects all of them alike.
  for (let round = -1; round < rounds; round++) {
    if (round % 5 === 0) say(`round ${round} of ${rounds}`);
    for (const [k, { args }] of STARTS.entries()) {
      const time = start(args);
      // The first round only fills the caches.
      if (round >= 0) times[k]?.push(time);
    }
  }
  const medians = times.map((all) => ({
    wallMs: median(all.map(({ wallMs }) => wallMs)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  }));
  const node = medians[0] as Time;
  return {
    title: 'Start',
    intro:
      'The time before a command or a program does anything. The aims: `hpo --help` in 150 ms, and 60 ms for ' +
      "`import 'hpo'` beside Node's own start. Tests check which modules are loaded; times are only measured.",
    sections: [
      {
        title: `Medians of ${rounds} starts`,
        text:
          "Wall time from the start of the process to its end, and the process's CPU time, which is more reliable on a busy " +
          "machine. `added`: beyond Node's own.",
        header: ['start', 'wall ms', 'added', 'CPU ms', 'added', 'aim'],
        rows: STARTS.map(({ what, aim }, k) => {
          const { wallMs, cpuMs } = medians[k] as Time;
          const aimText = aim === null ? '' : `${aim.added ? '+' : ''}${aim.ms} ms`;
          return [
            what,
            wallMs.toFixed(0),
            k === 0 ? '' : signed(wallMs - node.wallMs),
            cpuMs.toFixed(0),
            k === 0 ? '' : signed(cpuMs - node.cpuMs),
            aimText,
          ];
        }),
      },
    ],
    figures: { rounds, starts: STARTS.map(({ what }, k) => ({ what, ...medians[k], all: times[k] })) },
  };
}

function signed(ms: number): string {
  return `${ms < 0 ? '' : '+'}${ms.toFixed(0)}`;
}

function start(args: readonly string[]): Time {
  const before = performance.now();
  const { status, output, stderr } = spawnSync(process.execPath, ['--require', PROBE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const wallMs = performance.now() - before;
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  return { wallMs, cpuMs: Number(output[3]) / 1000 };
}
