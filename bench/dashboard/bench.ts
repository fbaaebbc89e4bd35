import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, Report } from '../bench.js';
import { largeStudy } from '../scale/database.js';
import { measureCommits } from './commits.js';
import type { Figures, KindFigures, SizeFigures } from './figures.js';
import { measurePage, type PageFigures } from './page.js';
import { measureReport } from './report-file.js';
import { sectionsOf } from './sections.js';
import { HPO, optunaDashboard, type Place, type Tool } from './servers.js';
import { measureSweeps } from './sweep.js';

/** An axis whose whole range has trials. */
const AXIS = 'lr';

/** Measures the page of a study in Chromium beside optuna-dashboard on the same file, and a sweep that is watched. */
export async function benchDashboard({ quick, say }: BenchOptions): Promise<Report> {
  const counts = quick ? [1_000] : [1_000, 10_000, 100_000];
  const rounds = quick ? 1 : 5;
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-dashboard-'));
  try {
    const sizes: SizeFigures[] = [];
    let place: Place | null = null;
    for (const trials of counts) {
      place = copyOf(folder, trials);
      const run = (tool: Tool, times: number, axis: string | null = null) =>
        measurePage(tool, { place: place as Place, rounds: times, axis });
      say(`${trials} trials: hpo dashboard, the first time`);
      const first = await run(HPO, 1);
      say(`${trials} trials: hpo dashboard`);
      const hpo = await run(HPO, rounds, AXIS);
      say(`${trials} trials: optuna-dashboard`);
      const optuna = await measureOptuna((tool) => run(tool, trials > 1_000 ? 1 : rounds), say);
      say(`${trials} trials: commits`);
      const commits = await measureCommits(place, quick ? 3 : 30);
      sizes.push({ trials, first, hpo, optuna, commits });
    }
    say('report');
    const report = measureReport(place as Place);
    const figures: Figures = { sizes, report, sweeps: await measureAllSweeps({ quick, say }) };
    return {
      title: 'The page of a large study',
      intro:
        '`hpo dashboard` and optuna-dashboard open the same database of 8 parameters and 5 reports a trial, each in the same Chromium, without a display or a GPU. Aims for 100,000 trials: ready in 2 s, at most 6 MB sent, a redraw in 50 ms, 300 MB of memory, and a report below 10 MB.',
      sections: sectionsOf(figures),
      figures,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Trials that only start a shell, so that everything competes for the processor, and trials that work for 0.2 s. */
export async function measureAllSweeps({
  quick,
  say,
}: Pick<BenchOptions, 'quick' | 'say'>): Promise<KindFigures[]> {
  const kinds = [
    { trials: quick ? 20 : 150, stepMs: 0 },
    { trials: quick ? 10 : 60, stepMs: 40 },
  ];
  const figures: KindFigures[] = [];
  for (const kind of kinds)
    figures.push({ ...kind, times: await measureSweeps({ ...kind, rounds: quick ? 1 : 3, say }) });
  return figures;
}

/** Null where it is not installed, and where it fails: the other figures are worth as much without it. */
async function measureOptuna(
  run: (tool: Tool) => Promise<PageFigures>,
  say: (line: string) => void,
): Promise<PageFigures | null> {
  const tool = optunaDashboard();
  if (tool === null) {
    say('optuna-dashboard is not installed (scripts/real-parts.sh)');
    return null;
  }
  try {
    return await run(tool);
  } catch (error) {
    say(`optuna-dashboard failed: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Both tools may write to the file that they show, and hpo keeps summaries: both are of this run only. */
function copyOf(folder: string, trials: number): Place {
  const database = join(folder, `${trials}.db`);
  copyFileSync(join(largeStudy({ trials, kind: 'hpo', sampler: 'random' }), 'study.db'), database);
  return { database, study: 'large', cache: join(folder, `cache-${trials}`) };
}
