import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Report } from '../bench.js';
import { type Command, DATABASE_COMMANDS, HPO_COMMANDS, OPTUNA_COMMANDS } from './commands.js';
import { type Kind, largeStudy } from './database.js';
import { measure, type Usage } from './measure.js';

/** Measures the commands on a study of 100,000 trials, and the time of further trials. */
export async function benchScale({ quick, say }: BenchOptions): Promise<Report> {
  const trials = quick ? 5000 : 100_000;
  const place = mkdtempSync(join(tmpdir(), 'hpo-scale-'));
  try {
    const usages: Usage[] = [];
    const at = (folder: string) => ({ folder, place });
    const run = async (kind: Kind, folder: string, commands: readonly Command[], more: readonly string[]) => {
      for (const command of commands) {
        say(`${kind}: ${command.what}`);
        const args = [...command.args, ...more];
        usages.push(await measure({ ...command, what: `${kind}: ${command.what}`, args }, at(folder)));
      }
    };
    const [study, storage] = [
      ['--study', 'large', '--storage', 'study.db'],
      ['--storage', 'study.db'],
    ];
    const ofHpo = copyOf(place, trials, 'hpo', 'tpe');
    await run('hpo', ofHpo, HPO_COMMANDS, study);
    await run('hpo', ofHpo, DATABASE_COMMANDS, storage);
    requireSame(join(ofHpo, 'cfg', 'runs.csv'), join(ofHpo, 'export.csv'));
    await run('optuna', copyOf(place, trials, 'optuna', 'tpe'), OPTUNA_COMMANDS, study);
    say('further trials with random');
    const further = quick ? 10 : 100;
    const perTrial = await furtherTrials(copyOf(place, trials, 'hpo', 'random'), place, further);
    return report(trials, usages, perTrial, further);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Commands change a database, and the kept one stays as it is. */
function copyOf(place: string, trials: number, kind: Kind, sampler: 'tpe' | 'random'): string {
  const folder = join(place, `${kind}-${sampler}`);
  cpSync(largeStudy({ trials, kind, sampler }), folder, { recursive: true });
  return folder;
}

/** The sweeps wrote the table a part at a time, and the export at once. */
function requireSame(table: string, exported: string): void {
  if (!readFileSync(table).equals(readFileSync(exported)))
    throw new Error(`expected ${table} to have the bytes of an export`);
}

type PerTrial = { readonly wallMs: number; readonly cpuMs: number };

/** What a further trial takes, from the second one on. A program asks and tells, without trainers. */
async function furtherTrials(folder: string, place: string, count: number): Promise<PerTrial> {
  const { openStorage } = await import('../../src/storage/open.js');
  const { openStudy } = await import('../../src/study/open-study.js');
  const { makeCsvSource } = await import('../../src/loggers/csv/source.js');
  const { GrowingCsv } = await import('../../src/loggers/csv/growing.js');
  const storage = await openStorage(`sqlite:${join(folder, 'study.db')}`);
  try {
    const record = await storage.findStudy('large');
    if (!record) throw new Error('expected the study large');
    const study = await openStudy(storage, record);
    const { spec } = study;
    const source = makeCsvSource({ study, spec, reader: storage, escapeFormulas: false, warn: () => {} });
    const table = new GrowingCsv(join(place, 'runs.csv'), source);
    const one = async () => {
      const asked = await study.ask(null, Date.now());
      if ('exhausted' in asked) throw new Error(asked.exhausted);
      const ending = { exitCode: null, reason: null, finishedAtMs: Date.now() };
      await study.tell(asked.trial.id, null, { state: 'complete', values: [1], ...ending });
      await table.write();
    };
    await one();
    const startedAt = performance.now();
    const before = process.cpuUsage();
    for (let k = 0; k < count; k++) await one();
    const { user, system } = process.cpuUsage(before);
    return { wallMs: (performance.now() - startedAt) / count, cpuMs: (user + system) / 1000 / count };
  } finally {
    await storage.close();
  }
}

function report(trials: number, usages: readonly Usage[], perTrial: PerTrial, further: number): Report {
  const aimText = ({ aim }: Usage) => (aim === null ? '' : `${aim.seconds} s, ${aim.mb} MB`);
  return {
    title: `Scale: ${trials} trials`,
    intro: `Commands on a study of ${trials} trials with 8 parameters and 5 reports of two metrics each, once as sweeps of hpo leave it and once as Optuna alone writes it. Other work on the machine makes the wall time longer than the CPU time.`,
    sections: [
      {
        title: 'Commands',
        text: 'Each is one process, from its start to its end, or to the start of its first trial. They run in this order on one database. Where a study is seen for the first time, its summary is stored in the cache; the first `optimize` writes runs.csv while its trial runs, and the others add to it. At the end it has the bytes of `export-csv`.',
        header: ['command', 'wall (s)', 'CPU (s)', 'peak (MB)', 'aim'],
        rows: usages.map((usage) => [
          usage.what,
          (usage.wallMs / 1000).toFixed(2),
          (usage.cpuMs / 1000).toFixed(2),
          usage.peakMb.toFixed(0),
          aimText(usage),
        ]),
      },
      {
        title: 'Further trials',
        text: `The mean of ${further} trials with the sampler random: ask, tell, and runs.csv brought up to date after each, which a sweep does once a second at most.`,
        header: ['what', 'wall (ms)', 'CPU (ms)', 'aim (ms)'],
        rows: [['a further trial', perTrial.wallMs.toFixed(1), perTrial.cpuMs.toFixed(1), '20']],
      },
    ],
    figures: { trials, usages, perTrial },
  };
}
