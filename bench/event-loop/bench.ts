import { readFileSync } from 'node:fs';
import type { BenchOptions, Report } from '../bench.js';
import { measure, type Run } from './measure.js';
import type { Search } from './program.js';

type Case = { readonly what: string; readonly search: Omit<Search, 'inThread'> };

const casesOf = (quick: boolean): readonly Case[] => [
  {
    what: `gp, ${quick ? 60 : 500} x 10, 64 at once`,
    search: { sampler: 'gp', trials: quick ? 60 : 500, concurrency: 64, floats: 10, steps: null },
  },
  {
    what: `auto, ${quick ? 40 : 200} x 10, 8 at once`,
    search: { sampler: 'auto', trials: quick ? 40 : 200, concurrency: 8, floats: 10, steps: null },
  },
  {
    what: `auto, scheduler auto, ${quick ? 20 : 100} x 4 of 30 steps, 8 at once`,
    search: { sampler: 'auto', trials: quick ? 20 : 100, concurrency: 8, floats: 4, steps: 30 },
  },
];

const DELAY_AIM_MS = 20;
const EXTRA_AIM_MS = 10;

/** Measures how long searches keep a server in the same process waiting, with their models in place and in a thread. */
export async function benchEventLoop({ quick, say }: BenchOptions): Promise<Report> {
  say('the server alone');
  const alone = await measure(null);
  const rows = [{ what: 'the server alone', models: '-', run: alone }];
  for (const { what, search } of casesOf(quick)) {
    for (const inThread of [false, true]) {
      const models = inThread ? 'thread' : 'in place';
      say(`${what}, ${models}`);
      rows.push({ what, models, run: await measure({ ...search, inThread }) });
    }
  }
  const isFirst = readPolicy() !== '0';
  const aloneP99 = at(alone.answersMs, 0.99);
  return {
    title: 'The event loop: how long a search keeps others waiting',
    intro: `A program searches and serves HTTP; another program sends a request every 5 ms. The aims of gp with 500 trials and 64 at once, in a thread: the event loop is at most ${DELAY_AIM_MS} ms late at the 99th percentile, and an answer takes at most ${EXTRA_AIM_MS} ms longer than from the server alone.`,
    sections: [
      {
        title: 'Models in place and in a thread',
        text: `Milliseconds, the median and the 99th percentile. late: by which timers come late (\`monitorEventLoopDelay\`). busy: CPU time of the main thread between two turns of a timer of 1 ms. answer: from request to answer, by the client. extra: of the 99th percentile, beside the server alone. Other programs of a busy machine change all but busy${isFirst ? '; this run was under `chrt`, before all of them' : ''}.`,
        header: ['search', 'models', 'late', 'busy', 'longest busy', 'answer', 'extra', 's', 'CPU s'],
        rows: rows.map(({ what, models, run }) => [
          what,
          models,
          pair(run.delayMs.p50, run.delayMs.p99),
          run.busyMs ? pair(run.busyMs.p50, run.busyMs.p99) : '-',
          run.busyMs ? run.busyMs.longest.toFixed(0) : '-',
          pair(at(run.answersMs, 0.5), at(run.answersMs, 0.99)),
          models === '-' ? '-' : (at(run.answersMs, 0.99) - aloneP99).toFixed(1),
          run.seconds.toFixed(1),
          run.cpuSeconds.toFixed(1),
        ]),
      },
    ],
    figures: rows.map(({ what, models, run }) => ({ what, models, ...figuresOf(run) })),
  };
}

/** The policy by which Linux schedules this process: 0 is the ordinary one. */
function readPolicy(): string {
  const fields = process.platform === 'linux' ? readFileSync('/proc/self/stat', 'utf8').split(') ')[1] : '';
  return fields?.split(' ')[38] ?? '0';
}

const pair = (p50: number, p99: number) => `${p50.toFixed(1)}, ${p99.toFixed(1)}`;

function at(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
}

function figuresOf({ answersMs, ...run }: Run) {
  const answerMs = { p50: at(answersMs, 0.5), p99: at(answersMs, 0.99), longest: at(answersMs, 1) };
  return { ...run, answers: answersMs.length, answerMs };
}
