import { emptyFigure } from './empty.js';
import type { Figure, LegendEntry, Mark, Tone } from './figure.js';
import { type Lanes, lanesOf, type Span } from './lanes.js';
import { plural } from './number-text.js';
import type { PlotInput } from './plot.js';
import { categoryAxis, extentOf, valueAxis } from './scale.js';
import { hiddenNotes, infeasibleTrials } from './states.js';
import { timeTexts } from './ticks.js';

/** What a box means, in the order of the legend. */
const MEANINGS: readonly (readonly [tone: Tone, label: string])[] = [
  ['main', 'complete'],
  ['infeasible', 'infeasible (breaks a limit)'],
  ['pruned', 'pruned'],
  ['fail', 'failed'],
  ['muted', 'running'],
];

/** Boxes closer to each other than this part of the axis are one box, so that 100,000 trials stay small. */
const NEAR = 1 / 1500;

/** Which slot ran which trial when: a row for each slot, a box for each trial in the color of its end. */
export function drawTimeline({ results }: PlotInput): Figure {
  const title = 'Timeline of the trials';
  const spans = spansOf(results);
  if (spans.length === 0) return emptyFigure('timeline', title, 'no trial has started yet');
  const lanes = lanesOf(spans);
  const extent = extentOf(
    spans.flatMap(({ from, to }) => [from, to]),
    'time',
  );
  const x = valueAxis({
    label: `UTC, ${timeTexts(extent).join(' to ')}`,
    scale: 'time',
    extent,
    isWhole: false,
    absent: null,
    isTight: true,
  });
  const { counts, again } = summarize(results, spans);
  const isPausing = results.counts().paused > 0;
  return {
    kind: 'timeline',
    title,
    panels: [
      {
        type: 'cartesian',
        title: null,
        x,
        y: categoryAxis('', lanes.labels, null),
        marks: MEANINGS.map(([tone]) => boxesOf(tone, spans, lanes, (x.domain[1] - x.domain[0]) * NEAR)),
      },
    ],
    legend: MEANINGS.flatMap(([tone, label]): LegendEntry[] =>
      counts.has(tone)
        ? [
            {
              tone,
              symbol: 'box',
              label: `${tone === 'muted' && isPausing ? 'running or paused' : label}: ${counts.get(tone)}`,
            },
          ]
        : [],
    ),
    notes: [
      ...(lanes.hasMore ? ['trials of further slots are in the last row, over each other'] : []),
      ...(again > 0 ? [`${plural(again, 'trial')} had more than one attempt; the last one is shown`] : []),
      ...(counts.has('muted') ? ['what runs is drawn up to the last time that is known'] : []),
      ...hiddenNotes(results),
    ],
  };
}

/** Trials that have started and are not hidden, in the order of their start. */
function spansOf(results: PlotInput['results']): (Span & { readonly tone: Tone; readonly trial: number })[] {
  const { table } = results;
  const infeasible = infeasibleTrials(results);
  const started = [...Array(results.trialCount).keys()].filter(
    (trial) =>
      table.hidden.get(trial) === 0 &&
      Number.isFinite(table.startedAtMs.get(trial)) &&
      toneOf(results.stateOf(trial), false) !== null,
  );
  let last = Number.NEGATIVE_INFINITY;
  for (const trial of started)
    for (const at of [table.startedAtMs.get(trial), endOf(table, trial)])
      if (Number.isFinite(at)) last = Math.max(last, at);
  return started
    .map((trial) => {
      const from = table.startedAtMs.get(trial);
      const end = endOf(table, trial);
      return {
        trial,
        from,
        to: Math.max(from, Number.isFinite(end) ? end : last),
        device: table.devices.get(trial) ?? '',
        tone: toneOf(results.stateOf(trial), infeasible.has(trial)) as Tone,
      };
    })
    .sort((a, b) => a.from - b.from || a.trial - b.trial);
}

/** When a trial left its slot: its end or its pause; NaN where it has not. */
function endOf({ finishedAtMs, pausedSinceMs }: PlotInput['results']['table'], trial: number): number {
  const end = finishedAtMs.get(trial);
  return Number.isNaN(end) ? pausedSinceMs.get(trial) : end;
}

function toneOf(state: ReturnType<PlotInput['results']['stateOf']>, isInfeasible: boolean): Tone | null {
  switch (state) {
    case 'complete':
      return isInfeasible ? 'infeasible' : 'main';
    case 'pruned':
      return 'pruned';
    case 'fail':
      return 'fail';
    case 'running':
    case 'paused':
      return 'muted';
    default:
      return null;
  }
}

function boxesOf(
  tone: Tone,
  spans: readonly (Span & { readonly tone: Tone })[],
  { laneOf, labels }: Lanes,
  near: number,
): Mark {
  const boxes: { lane: number; from: number; to: number }[] = [];
  const newest = new Map<number, (typeof boxes)[number]>();
  for (const [k, span] of spans.entries()) {
    if (span.tone !== tone) continue;
    const lane = laneOf[k] as number;
    const before = newest.get(lane);
    const isNear = before && span.from - before.to < near;
    if (isNear && (span.to <= before.to || span.to - before.from < 4 * near)) {
      before.to = Math.max(before.to, span.to);
      continue;
    }
    const box = { lane, from: span.from, to: span.to };
    newest.set(lane, box);
    boxes.push(box);
  }
  const place = ({ lane }: { readonly lane: number }) => labels.length - 1 - lane;
  return {
    mark: 'boxes',
    tone,
    left: boxes.map(({ from }) => from),
    right: boxes.map(({ to }) => to),
    bottom: boxes.map((box) => place(box) - 0.4),
    top: boxes.map((box) => place(box) + 0.4),
  };
}

function summarize(
  { table }: PlotInput['results'],
  spans: readonly { readonly tone: Tone; readonly trial: number }[],
) {
  const counts = new Map<Tone, number>();
  let again = 0;
  for (const { tone, trial } of spans) {
    counts.set(tone, (counts.get(tone) ?? 0) + 1);
    if (table.attempts.get(trial) > 1) again++;
  }
  return { counts, again };
}
