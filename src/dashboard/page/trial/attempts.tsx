import type { TrialInfo } from '../../protocol.js';
import { clean, formatDuration, formatTime } from '../text.js';

/** What a log says at its end about a failure. */
export function LastWords({ text }: { readonly text: string }) {
  return (
    <code class="last-words" title="The last words of its log">
      {clean(text)}
    </code>
  );
}

/** Every process of a trial: when, where, how it ended. */
export function Attempts({
  trial,
  shown,
  onShow,
}: {
  readonly trial: TrialInfo;
  /** The attempt whose log is open. */
  readonly shown: number | null;
  readonly onShow: (attempt: number) => void;
}) {
  const hasTargets = trial.attempts.some(({ targetStep }) => targetStep !== null);
  return (
    <section class="panel" aria-label="Attempts">
      <header class="panel-head">
        <h2>Attempts</h2>
      </header>
      {trial.attempts.length === 0 ? <p class="empty">None yet.</p> : null}
      <div class="scroll-x">
        {trial.attempts.length > 0 ? (
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">
                  <span aria-hidden="true">#</span>
                  <span class="hidden-text">attempt</span>
                </th>
                <th scope="col">started</th>
                <th scope="col">time</th>
                {hasTargets ? <th scope="col">to step</th> : null}
                <th scope="col">device</th>
                <th scope="col">exit</th>
                <th scope="col">reason</th>
                <th scope="col">log</th>
              </tr>
            </thead>
            <tbody>
              {trial.attempts.map((each) => (
                <tr key={each.attempt} aria-current={each.attempt === shown ? 'true' : undefined}>
                  <td class="number">{each.attempt}</td>
                  <td title={each.startedAtMs === null ? undefined : formatTime(each.startedAtMs)}>
                    {each.startedAtMs === null ? '\u2013' : formatTime(each.startedAtMs).slice(5)}
                  </td>
                  <td>
                    {each.startedAtMs !== null && each.finishedAtMs !== null
                      ? formatDuration(each.finishedAtMs - each.startedAtMs)
                      : '\u2013'}
                  </td>
                  {hasTargets ? <td class="number">{each.targetStep ?? 'end'}</td> : null}
                  <td title={each.job === null ? undefined : `job ${clean(each.job)}`}>
                    {clean(`${each.device ?? '\u2013'}${each.machine === null ? '' : ` on ${each.machine}`}`)}
                  </td>
                  <td class="number">{each.exitCode ?? '\u2013'}</td>
                  <td class="wrap">
                    {clean(each.reason ?? '\u2013')}
                    {each.lastWords ? <LastWords text={each.lastWords} /> : null}
                  </td>
                  <td>
                    {each.hasLog ? (
                      <button
                        type="button"
                        class="button button-small"
                        disabled={each.attempt === shown}
                        onClick={() => onShow(each.attempt)}
                      >
                        {each.attempt === shown ? 'open' : 'show'}
                      </button>
                    ) : (
                      '\u2013'
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        ) : null}
      </div>
    </section>
  );
}
