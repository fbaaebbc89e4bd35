import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from '../mutants/tables.js';
import type { Fault } from './fault.js';
import { FAULTS } from './faults.js';
import { type FigureFile, readFigures } from './figures.js';

export const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const [BEGIN, END] = ['<!-- faults:begin -->\n', '<!-- faults:end -->'];

/** Returns the page with the table made from the list of faults and the last figures. */
export function withTable(page: string, figures: FigureFile): string {
  const from = page.indexOf(BEGIN) + BEGIN.length;
  return `${page.slice(0, from)}\n${tableOf(figures)}\n\n${page.slice(page.indexOf(END))}`;
}

export function refreshPage(): void {
  writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), readFigures()));
}

function tableOf(figures: FigureFile): string {
  const rows = FAULTS.map((fault) => [
    fault.fault,
    fault.promise,
    fault.tests.map((test) => `[${test.replace(/^test\/|\.test\.ts$/g, '')}](../${test})`).join(', '),
    fault.mutants.map(linkTo).join(', ') || 'by its tests alone',
    measured(fault, figures),
  ]);
  return [
    ['Fault', 'What is promised', 'Shown by', 'Caught when taken out', 'Last measured'],
    ['-', '-', '-', '-', '-'],
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function linkTo(name: string): string {
  const module = MUTANTS.find((mutant) => mutant.name === name)?.module;
  return `[${name}](../test/mutants/${module}.ts)`;
}

/** What each kind of fault of the runs over machines is called. */
const MACHINE_FAULTS = [
  ['kill-orchestrator', 'orchestrator killed'],
  ['kill-trainer', 'trainers killed'],
  ['kill-supervisor', 'supervisors killed'],
  ['kill-both', 'orchestrator and trainers killed'],
  ['kill-server', 'server killed'],
  ['lose-power', 'power lost'],
  ['freeze-orchestrator', 'orchestrator frozen'],
  ['freeze-host', 'host frozen'],
  ['cut-cable', 'network cut'],
  ['lose-answers', 'cut in one direction'],
  ['slow-network', 'network slow'],
] as const;

/** The sentence of each part in the table. */
const SENTENCES: Readonly<Record<string, (f: Readonly<Record<string, number | string>>) => string>> = {
  kill: (f) =>
    `${f.kills} kills, ${f.sweeps} sweeps, ${f.trials} trials, ${f.reattached} attempts reattached`,
  points: (f) =>
    `${f.points} moments (${f.transactions} commits, ${f.spawns} spawns, ${f.files} files, ${f.signals} signals), ${f.kills} kills`,
  schedules: (f) =>
    `${f.sweeps} sweeps of every scheduler whose trials are paused and continued or copied, ${f.kills} kills, ${f.promotions} moments of promotions`,
  trainers: (f) =>
    `${f.sweeps} sweeps of trainers that ignore their target, take long to save or crash while they save, ${f.kills} kills, ${f.promotions} moments of promotions`,
  kept: (f) => `${f.sweeps} sweeps that keep the checkpoints of the three best trials, ${f.kills} kills`,
  races: (f) =>
    `${f.sweeps} sweeps whose configurations race for repeats, ${f.kills} kills, ${f.promotions} moments at the start of a repeat`,
  grid: (f) => `${f.processes} processes, ${f.rounds} rounds of ${f.points} points: ${f.trials} trials`,
  machines: (f) =>
    `${f.hosts} hosts, ${f.sweeps} sweeps, ${f.trials} trials in ${f.attempts} attempts, ${f.faults} faults (${MACHINE_FAULTS.map(([kind, name]) => `${name} ${f[kind] ?? 0}`).join(', ')}); the longest time that two trainers of a trial overlapped: ${f.longestOverlapMs} ms`,
  optuna: (f) =>
    `${f.workers} workers of Optuna beside hpo, ${f.rounds} rounds: ${f.byOptuna} trials by Optuna, ${f.byHpo} by hpo`,
  soak: (f) =>
    `${f.trials} trials; open files ${f.handlesEarly} -> ${f.handlesLate}, heap after collection ${f.heapEarlyMiB} -> ${f.heapLateMiB} MiB; CPU time of the first and last 1,000 ${f.firstBlockCpuS} -> ${f.lastBlockCpuS} s`,
};

function measured({ parts }: Fault, figures: FigureFile): string {
  const said = parts.flatMap((part) => {
    const f = figures[part];
    if (!f) return [];
    return `${SENTENCES[part]?.(f)}: **${f.lost} lost, ${f.doubled} doubled, ${f.mismatches} mismatches** (${f.date})`;
  });
  return said.join('; ') || 'pass or fail, by its tests';
}
