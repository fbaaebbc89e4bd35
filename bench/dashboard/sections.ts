import type { Section } from '../bench.js';
import type { Figures, SizeFigures } from './figures.js';
import { LIMIT_MS, type PageFigures } from './page.js';
import { WATCHES, type Watch } from './sweep.js';

const count = (value: number) => value.toLocaleString('en-US');
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

export function sectionsOf({ sizes, report, sweeps }: Figures): Section[] {
  const largest = sizes.at(-1) as SizeFigures;
  return [
    {
      title: 'Open a study',
      text: `From the navigation to the first plots, by the clock of the page: \`body[data-ready="true"]\` of hpo, which says that all plots are drawn; the first plot with a point of optuna-dashboard. The server was started right before, and the page has no cache. Sent: bytes of all answers, with headers and compressed, until requests have ended. Memory: the peak of the server with its child processes. Medians; at most ${LIMIT_MS / 1000} s. optuna-dashboard is opened once with more than 1,000 trials, since it takes so long.`,
      header: ['trials', 'tool', 'ready', 'sent', 'memory'],
      rows: sizes.flatMap(({ trials, first, hpo, optuna }) => [
        pageRow(trials, 'hpo dashboard, the first time', first),
        pageRow(trials, 'hpo dashboard', hpo),
        ...(optuna ? [pageRow(trials, 'optuna-dashboard', optuna)] : []),
      ]),
    },
    {
      title: 'Select on an axis',
      text: 'A drag along an axis of the parallel coordinates selects in every plot. Measured for each move: from the input event to the end of the frame that shows it, and the part of it in which plots are drawn. optuna-dashboard has no such selection.',
      header: ['trials', 'moves', 'median', '95%', 'drawing'],
      rows: sizes.flatMap(({ trials, hpo: { brush } }) =>
        brush
          ? [
              [
                count(trials),
                String(brush.count),
                ...[brush.medianMs, brush.p95Ms, brush.drawingMs].map((ms) => `${ms.toFixed(0)} ms`),
              ],
            ]
          : [],
      ),
    },
    {
      title: 'A trial is committed',
      text: 'From the end of a commit by another process to the row of the trial in the document of an open page, whose server looks at the database eight times a second.',
      header: ['trials', 'commits', 'median', '95%', 'most'],
      rows: sizes.map(({ trials, commits: { count: commits, medianMs, p95Ms, mostMs } }) => [
        count(trials),
        String(commits),
        ...[medianMs, p95Ms, mostMs].map((ms) => `${ms.toFixed(0)} ms`),
      ]),
    },
    {
      title: 'A report',
      text: '`hpo dashboard --study large --out report.html`, with the start of the command.',
      header: ['trials', 'size', 'time'],
      rows: [[count(largest.trials), megabytes(report.bytes), seconds(report.ms)]],
    },
    {
      title: 'A sweep with a page open',
      text: `Trials of a shell script with five steps in 2 slots, in alternating runs: while nobody watches; while a page in Chromium and three readers of the stream of events follow it by a server of its own; and the same by \`hpo optimize --dashboard\`. Chromium works on the same machine, so trials that only start a shell compete with it for the processors.`,
      header: ['trials', 'work of a trial', 'watched by', 'median', 'beside nobody'],
      rows: sweeps.flatMap(({ trials, stepMs, times }) =>
        WATCHES.map((watch) => [
          count(trials),
          stepMs === 0 ? 'none' : `${5 * stepMs} ms`,
          WORDS[watch],
          seconds(times[watch].medianMs),
          watch === 'alone' ? '' : `${signed((times[watch].medianMs / times.alone.medianMs - 1) * 100)}%`,
        ]),
      ),
    },
  ];
}

const WORDS: Readonly<Record<Watch, string>> = {
  alone: 'nobody',
  separate: 'hpo dashboard',
  inside: 'hpo optimize --dashboard',
};

const signed = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(1)}`;

function pageRow(trials: number, tool: string, { readyMs, bytes, peakMiB }: PageFigures): string[] {
  const ready = readyMs === null ? 'not in time' : seconds(readyMs);
  return [count(trials), tool, ready, megabytes(bytes), `${peakMiB} MiB`];
}
