import type { TrialInfo } from '../../protocol.js';
import { allows, notify } from '../app-state.js';
import type { StudyStore } from '../store/study-store.js';
import { ActionButton } from './action-button.js';
import { openDialog } from './dialog.js';
import { openEnqueue } from './enqueue.js';
import { openNote } from './note.js';

const UNFINISHED = new Set(['RUNNING', 'PAUSED', 'QUEUED', 'WAITING']);

/** Buttons for what can be done to a trial. */
export function TrialActions({
  store,
  trial,
  done,
}: {
  readonly store: StudyStore;
  readonly trial: TrialInfo;
  readonly done: () => void;
}) {
  const info = store.info.value;
  if (!info) return null;
  const can = (action: string) => allows(action, info.actions);
  const state = trial.state.toUpperCase();
  const run = async (
    control: string,
    args: Readonly<Record<string, number | boolean | readonly number[]>>,
  ) => {
    notify((await store.source.control(store.name, control, args)).text);
    await store.refresh();
    done();
  };
  const now = (control: string, args: Parameters<typeof run>[1]) => () => {
    run(control, args).catch((error: unknown) => notify((error as Error).message, 'failed'));
  };
  return (
    <div class="actions" role="toolbar" aria-label="Actions">
      {can('stop') && UNFINISHED.has(state) ? (
        <ActionButton
          isDangerous
          action="stop"
          onClick={() =>
            openDialog({
              title: `Stop trial ${trial.number}?`,
              submit: 'Stop trial',
              isDangerous: true,
              confirms: true,
              body: (
                <p class="dialog-text">
                  Its process gets SIGTERM, and SIGKILL if it does not end. What it reported is kept.
                </p>
              ),
              run: () => run('stop', { trial: trial.number }),
            })
          }
        >
          Stop
        </ActionButton>
      ) : null}
      {can('retry') && state === 'FAIL' ? (
        <ActionButton action="retry" onClick={now('retry', { trial: trial.number })}>
          Retry
        </ActionButton>
      ) : null}
      {can('enqueue') ? (
        <ActionButton action="enqueue" onClick={() => openEnqueue(store, trial.params)}>
          Enqueue like this
        </ActionButton>
      ) : null}
      {can('note') ? (
        <ActionButton
          action="note"
          onClick={() => openNote(store, { trial: trial.number, note: trial.note, tags: trial.tags }, done)}
        >
          Note
        </ActionButton>
      ) : null}
      {can('hide') ? (
        <ActionButton action="hide" onClick={now('hide', { trials: [trial.number], show: trial.hidden })}>
          {trial.hidden ? 'Show again' : 'Hide'}
        </ActionButton>
      ) : null}
    </div>
  );
}
