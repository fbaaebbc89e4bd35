import { useSignal } from '@preact/signals';
import type { TrialInfo } from '../../protocol.js';
import { clean } from '../text.js';

/** How to run the trial again, where its files are, and its checkpoints. */
export function Command({ trial, isPart }: { readonly trial: TrialInfo; readonly isPart: boolean }) {
  const copied = useSignal(false);
  const { command } = trial;
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, 2_000);
  };
  return (
    <section class="panel" aria-label="Run it again">
      <header class="panel-head">
        <h2>Run it again</h2>
        {command ? (
          <div class="tools">
            <button
              type="button"
              class="button button-small"
              onClick={() => void copy(command).catch(() => {})}
            >
              {copied.value ? 'Copied' : 'Copy'}
            </button>
          </div>
        ) : null}
      </header>
      {command ? (
        <pre class="command">{clean(command)}</pre>
      ) : (
        <p class="empty">
          {isPart
            ? `Not in this report: hpo show ${trial.number} prints it where the study is.`
            : 'Another program ran this trial.'}
        </p>
      )}
      <dl class="pairs">
        {trial.folder ? (
          <div>
            <dt>folder</dt>
            <dd class="path">{clean(trial.folder)}</dd>
          </div>
        ) : null}
        {trial.checkpoints.length > 0 ? (
          <div>
            <dt>checkpoints</dt>
            <dd class="path">
              {trial.checkpoints.map((path) => (
                <div key={path}>{clean(path)}</div>
              ))}
            </dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
}
