import { useComputed, useSignal } from '@preact/signals';
import type { TrialInfo } from '../../protocol.js';
import { colors } from '../plots/theme.js';
import type { StudyStore } from '../store/study-store.js';
import { clean } from '../text.js';
import { Choice, Toggle } from '../ui/choice.js';
import { LinePlot, type PlotLine } from './curve-plot.js';
import { quantilesOf } from './field-quantiles.js';

/** The curve of a trial, with how all trials of the study did at each step. */
export function CurveAgainstField({
  store,
  trial,
}: {
  readonly store: StudyStore;
  readonly trial: TrialInfo;
}) {
  const objective = store.info.value?.objectives[0]?.metric ?? '';
  const names = trial.metrics.filter(({ steps }) => steps.length > 0).map(({ name }) => name);
  const chosen = useSignal<string | null>(null);
  const metric = chosen.value ?? (names.includes(objective) ? objective : (names[0] ?? objective));
  const log = useSignal<boolean | null>(null);
  const field = useComputed(() => (store.curves.value ? quantilesOf(store.curves.value) : null));
  const series = trial.metrics.find(({ name }) => name === metric);
  const best = store.best.value.find((each) => each !== trial.number);
  const theme = colors.value;
  const isObjective = metric === objective;
  const quantiles = isObjective ? field.value : null;
  const bestCurve = isObjective && best !== undefined ? curveOf(store, best) : null;
  const own = new Map(series?.steps.map((step, k) => [step, Number(series.values[k])] as const));
  const steps = [...new Set([...own.keys(), ...(quantiles?.steps ?? []), ...(bestCurve?.keys() ?? [])])].sort(
    (a, b) => a - b,
  );
  const along = (read: (step: number) => number | null | undefined) =>
    steps.map((step) => {
      const value = read(step);
      return value === undefined || value === null || !Number.isFinite(value) ? null : value;
    });
  const place = new Map(quantiles?.steps.map((step, k) => [step, k] as const));
  const ofField = (list: readonly (number | null)[] | undefined) =>
    along((step) => (place.has(step) ? list?.[place.get(step) as number] : null));
  const fork = trial.parent?.step ?? Number.NEGATIVE_INFINITY;
  const isPositive = [...own.values()].every((value) => value > 0);
  const lines: PlotLine[] = [
    ...(quantiles
      ? [
          {
            label: '90 % of trials are below',
            values: ofField(quantiles.high),
            color: theme.other,
            width: 1,
            dash: [],
          },
          { label: '10 % are below', values: ofField(quantiles.low), color: theme.other, width: 1, dash: [] },
          { label: 'middle', values: ofField(quantiles.middle), color: theme.muted, width: 1, dash: [4, 3] },
        ]
      : []),
    ...(bestCurve
      ? [
          {
            label: `best (trial ${best})`,
            values: along((step) => bestCurve.get(step)),
            color: theme.best,
            width: 1.5,
            dash: [],
          },
        ]
      : []),
    ...(trial.parent
      ? [
          {
            label: `of trial ${trial.parent.trial}`,
            values: along((step) => (step <= fork ? own.get(step) : null)),
            color: theme.accent,
            width: 2.5,
            dash: [5, 4],
          },
        ]
      : []),
    {
      label: `trial ${trial.number}`,
      // It begins where its parent's ends.
      values: along((step) => (step >= fork ? own.get(step) : null)),
      color: theme.accent,
      width: 2.5,
      dash: [],
    },
  ];
  return (
    <section class="panel panel-curve" data-plot="curve" aria-label="Curve">
      <header class="panel-head">
        <h2>Curve</h2>
        <span class="hint">{isObjective ? 'with what all trials reported at each step' : ''}</span>
        <div class="tools">
          {names.length > 1 ? (
            <Choice
              label="metric"
              value={metric}
              options={names.map((name) => [name, clean(name)] as const)}
              onChange={(name) => {
                chosen.value = name;
              }}
            />
          ) : null}
          <Toggle
            label="log"
            title="Logarithmic axis; needs positive values"
            on={log.value === true && isPositive}
            onChange={(on) => {
              log.value = on;
            }}
          />
        </div>
      </header>
      {steps.length === 0 ? (
        <p class="empty">No value with a step was reported.</p>
      ) : (
        <LinePlot
          key={`${metric}:${log.value}:${steps.length}:${own.size}`}
          xLabel="step"
          isWhole
          yLabel={clean(metric)}
          xs={steps}
          lines={lines}
          bands={quantiles ? [{ upper: 0, lower: 1, color: `${theme.other}55` }] : []}
          log={log.value === true && isPositive}
          height={260}
          label={`Curve of ${clean(metric)}`}
        />
      )}
    </section>
  );
}

function curveOf(store: StudyStore, trial: number): Map<number, number> | null {
  const curves = store.curves.value;
  const c = curves?.curveOf[trial] ?? -1;
  if (!curves || c < 0) return null;
  const curve = new Map<number, number>();
  for (let p = curves.offsets[c] as number; p < (curves.offsets[c + 1] as number); p++)
    curve.set(curves.steps[p] as number, curves.values[p] as number);
  return curve;
}
