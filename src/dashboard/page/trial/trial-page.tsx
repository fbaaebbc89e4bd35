import { effect, useSignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import type { TrialInfo } from '../../protocol.js';
import { TrialActions } from '../actions/trial-actions.js';
import { dataSource, server, setBody } from '../app-state.js';
import { trialPath } from '../router.js';
import { StudyStore } from '../store/study-store.js';
import { PageHead } from '../study/page-head.js';
import { clean, formatDuration, formatNumber, formatTime, formatValue } from '../text.js';
import { Link } from '../ui/link.js';
import { GoneStudy, Loading, Problem } from '../ui/loading.js';
import { StateBadge } from '../ui/state-badge.js';
import { Attempts, LastWords } from './attempts.js';
import { Command } from './command.js';
import { CurveAgainstField } from './curve-against-field.js';
import { trialFromColumns } from './from-columns.js';
import { Lineage } from './lineage.js';
import { LogView } from './log-view.js';

/** Everything about one trial. */
export function TrialPage({ name, number }: { readonly name: string; readonly number: number }) {
  const [store] = useState(() => new StudyStore(dataSource(), name));
  const trial = useSignal<TrialInfo | null>(null);
  const error = useSignal<Error | null>(null);
  const read = async () => {
    try {
      trial.value = (await dataSource().trial(name, number)) ?? trialFromColumns(store, number);
      error.value = null;
      setTimeout(() => setBody({ ready: true }), 0);
    } catch (caught) {
      error.value = caught as Error;
    }
  };
  useEffect(() => {
    setBody({ ready: false, trials: 0, selected: 0 });
    void store.open();
    const stops = [
      effect(() => {
        if (store.version.value === 0) return;
        setBody({ trials: store.columns.total });
        void read();
      }),
      effect(() => {
        if (store.error.value) error.value = store.error.value;
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      store.close();
    };
  }, [store, number]);
  const shown = trial.value?.number === number ? trial.value : null;
  return (
    <>
      <PageHead store={store} trial={number} />
      <main class="trial" id="main">
        {store.isGone.value ? (
          <GoneStudy />
        ) : error.value ? (
          <Problem error={error.value} retry={() => void read()} />
        ) : null}
        {shown ? (
          <OpenTrial store={store} trial={shown} read={() => void read()} />
        ) : error.value ? null : (
          <Loading what="the trial" />
        )}
      </main>
    </>
  );
}

type OpenProps = { readonly store: StudyStore; readonly trial: TrialInfo; readonly read: () => void };

function OpenTrial({ store, trial, read }: OpenProps) {
  const info = store.info.value;
  const attempt = useSignal<number | null>(null);
  const withLogs = trial.attempts.filter(({ hasLog }) => hasLog);
  const shownAttempt = attempt.value ?? withLogs.at(-1)?.attempt ?? null;
  const isRunning = trial.state.toUpperCase() === 'RUNNING';
  const words = trial.attempts.at(-1)?.lastWords;
  /** A large report has no more than the columns of most trials. */
  const isPart = !store.source.live && trial.command === null && info?.source === 'hpo';
  return (
    <>
      <section class="summary" aria-label="Result">
        <div class="fact">
          <h3>State</h3>
          <p class="fact-value fact-words">
            <StateBadge
              state={trial.state}
              pausedAt={trial.pausedAt}
              infeasible={trial.feasible === false && trial.state.toUpperCase() === 'COMPLETE'}
            />
          </p>
          {trial.reason ? <p class="fact-note">{clean(trial.reason)}</p> : null}
          {words && trial.state.toUpperCase() === 'FAIL' ? <LastWords text={words} /> : null}
        </div>
        {info?.objectives.map(({ metric }, k) => (
          <div class="fact" key={metric}>
            <h3>{clean(metric)}</h3>
            <p class="fact-value">
              {trial.values?.[k] === undefined
                ? lastOf(trial, metric)
                : formatNumber(Number(trial.values[k]))}
            </p>
          </div>
        ))}
        <div class="fact">
          <h3>Time</h3>
          <p class="fact-value fact-words">{timeText(trial)}</p>
          {trial.gpuUse ? <p class="fact-note">{clean(trial.gpuUse)}</p> : null}
        </div>
        <div class="fact">
          <h3>Seed and repeats</h3>
          <p class="fact-value fact-words">
            {trial.seed === null ? (isPart ? 'not in this report' : 'no seed') : `seed ${trial.seed}`}
          </p>
          <p class="fact-note repeats">
            {trial.repeats
              .filter((each) => each !== trial.number)
              .map((each) => (
                <Link key={each} to={trialPath(store.name, each)}>
                  trial {each}
                </Link>
              ))}
            {trial.repeats.length > 1 ? ' of the same configuration' : 'no other trial of this configuration'}
          </p>
        </div>
        <Lineage study={store.name} trial={trial} />
      </section>
      {server.value?.readOnly || store.isGone.value ? null : (
        <TrialActions store={store} trial={trial} done={read} />
      )}
      {trial.note ? <p class="about-note">{clean(trial.note)}</p> : null}
      {trial.tags.length > 0 ? (
        <p class="tags">
          {trial.tags.map((tag) => (
            <span key={tag} class="chip">
              {clean(tag)}
            </span>
          ))}
        </p>
      ) : null}
      <div class="panels">
        <CurveAgainstField store={store} trial={trial} />
        <section class="panel" aria-label="Parameters">
          <header class="panel-head">
            <h2>Parameters</h2>
          </header>
          <dl class="pairs">
            {Object.entries(trial.params).map(([name, value]) => (
              <div key={name}>
                <dt>{clean(name)}</dt>
                <dd title={String(value)}>{formatValue(value)}</dd>
              </div>
            ))}
          </dl>
        </section>
        <Attempts
          trial={trial}
          shown={shownAttempt}
          onShow={(next) => {
            attempt.value = next;
          }}
        />
        <Command trial={trial} isPart={isPart} />
        <section class="panel panel-wide" aria-label="Log">
          <header class="panel-head">
            <h2>Log</h2>
            <span class="hint">{shownAttempt === null ? '' : `attempt ${shownAttempt}`}</span>
          </header>
          {shownAttempt !== null && store.source.live ? (
            <LogView
              key={`${trial.number}:${shownAttempt}`}
              study={store.name}
              trial={trial.number}
              attempt={shownAttempt}
              isRunning={isRunning}
            />
          ) : (
            <p class="empty">
              {store.source.live
                ? 'No attempt of this trial has a log: it has not started, or another program ran it.'
                : 'A report has no logs. hpo logs prints them where the sweep ran.'}
            </p>
          )}
        </section>
      </div>
    </>
  );
}

function lastOf(trial: TrialInfo, metric: string): string {
  const series = trial.metrics.find(({ name }) => name === metric);
  const value = series?.final ?? series?.values.at(-1);
  return value === undefined || value === null ? 'none' : formatNumber(Number(value));
}

/** How long the attempts ran together, one that runs until now. */
function ranMs(attempts: TrialInfo['attempts']): number {
  return attempts.reduce(
    (sum, { startedAtMs, finishedAtMs }) =>
      startedAtMs === null ? sum : sum + Math.max(0, (finishedAtMs ?? Date.now()) - startedAtMs),
    0,
  );
}

function timeText({ attempts }: TrialInfo): string {
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (!first?.startedAtMs) return 'not started';
  // Between the attempts of a trial that was paused it holds no slot.
  if (attempts.some(({ targetStep }) => targetStep !== null)) return formatDuration(ranMs(attempts));
  if (!last?.finishedAtMs) return `since ${formatTime(first.startedAtMs).slice(11)}`;
  return formatDuration(last.finishedAtMs - first.startedAtMs);
}
