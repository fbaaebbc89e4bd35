import { useComputed } from '@preact/signals';
import type { StudyInfo } from '../../protocol.js';
import { trialPath } from '../router.js';
import { textOf } from '../store/fields.js';
import type { StudyStore } from '../store/study-store.js';
import { clean, formatDuration, formatNumber, plural } from '../text.js';
import { Link } from '../ui/link.js';
import { Progress } from '../ui/progress.js';
import { etaOf } from './eta.js';

/** How the study stands: progress, the best, what was saved. */
export function Summary({ store }: { readonly store: StudyStore }) {
  const info = store.info.value;
  const eta = useComputed(() => {
    store.version.value;
    const shown = store.info.value;
    return shown ? etaOf(shown, store.columns, Date.now()) : null;
  });
  if (!info) return null;
  const target = Number(info.limits.trials ?? Number.NaN);
  return (
    <section class="summary" aria-label="Summary">
      <div class="fact fact-progress">
        <h3>Progress</h3>
        <Progress counts={info.counts} target={Number.isFinite(target) ? target : null} />
        {eta.value !== null && info.state === 'running' ? (
          <p class="fact-note">about {formatDuration(rounded(eta.value))} left</p>
        ) : null}
      </div>
      <BestFact store={store} />
      <div class="fact">
        <h3>Search</h3>
        <p class="fact-value fact-words">
          {clean(info.sampler ?? (info.source === 'optuna' ? 'Optuna' : 'unknown'))}
        </p>
        <p class="fact-note">
          {prunerText(info)}
          {info.repeats > 1 ? ` \u00b7 ${info.repeats} repeats` : ''}
          {info.constraints.length > 0 ? ` \u00b7 ${info.constraints.map(clean).join(', ')}` : ''}
        </p>
      </div>
      <div class="fact fact-wide">
        <h3>Saved</h3>
        <p class="fact-value fact-words">
          {info.savings ? clean(info.savings) : 'nothing: all trials are trained in full'}
        </p>
      </div>
    </section>
  );
}

function prunerText({ pruner, source }: StudyInfo): string {
  if (pruner !== null && pruner !== 'none') return `pruner ${clean(pruner)}`;
  return source === 'optuna' && pruner === null ? 'run by another program' : 'no pruner';
}

function BestFact({ store }: { readonly store: StudyStore }) {
  const info = store.info.value;
  const [first] = info?.bestTrials ?? [];
  if (!info) return null;
  if (info.objectives.length > 1)
    return (
      <div class="fact">
        <h3>Pareto front</h3>
        <p class="fact-value">{plural(info.bestTrials.length, 'trial')}</p>
        <p class="fact-note">{info.objectives.map(({ metric }) => clean(metric)).join(', ')}</p>
      </div>
    );
  const best = info.best?.[0];
  const deviation = first === undefined ? Number.NaN : (store.columns.values('std:0')[first] ?? Number.NaN);
  const [objective] = info.objectives;
  return (
    <div class="fact">
      <h3>
        Best {clean(objective?.metric ?? '')} <Arrow direction={objective?.direction ?? 'minimize'} />
      </h3>
      {best === undefined || first === undefined ? (
        <p class="fact-value fact-words">none yet</p>
      ) : (
        <>
          <p class="fact-value">
            {formatNumber(best)}
            {deviation > 0 ? (
              <span class="deviation">
                {' '}
                {'\u00b1'} {formatNumber(Number(deviation.toPrecision(2)))}
              </span>
            ) : null}
          </p>
          <p class="fact-note">
            <Link to={trialPath(store.name, first)}>trial {first}</Link>
            <span class="best-params">{bestParams(store, first)}</span>
          </p>
        </>
      )}
    </div>
  );
}

function Arrow({ direction }: { readonly direction: 'minimize' | 'maximize' }) {
  const isDown = direction === 'minimize';
  return (
    <span class="arrow" title={isDown ? 'lower is better' : 'higher is better'}>
      {isDown ? '\u2193' : '\u2191'}
    </span>
  );
}

function bestParams(store: StudyStore, trial: number): string {
  return [...store.fields.value.values()]
    .filter(({ group }) => group === 'parameter')
    .slice(0, 6)
    .map((field) => [field.label, textOf(field, trial)] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `${name} ${text}`)
    .join(' \u00b7 ');
}

/** An estimate in whole minutes, or seconds below one. */
function rounded(ms: number): number {
  const unit = ms < 60_000 ? 1_000 : 60_000;
  return Math.ceil(ms / unit) * unit;
}
