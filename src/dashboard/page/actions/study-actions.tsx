import { allows, notify } from '../app-state.js';
import type { StudyStore } from '../store/study-store.js';
import { clean, formatCount } from '../text.js';
import { ActionButton } from './action-button.js';
import { FieldRow, openDialog } from './dialog.js';
import { openEnqueue } from './enqueue.js';
import { openNote } from './note.js';
import { paramsOf } from './params.js';

const HINTS: Readonly<Record<string, string>> = {
  trials: 'how many in all, or +20 for more',
  max_concurrent: 'trials at the same time',
};

/** Buttons for what can be done to a study. None where nothing is allowed. */
export function StudyActions({ store }: { readonly store: StudyStore }) {
  const info = store.info.value;
  if (!info) return null;
  const can = (action: string) => allows(action, info.actions);
  const isPaused = info.state === 'paused';
  const pinned = store.pinned.value;
  const run = (control: string) => async () => {
    try {
      notify((await store.source.control(store.name, control, {})).text);
      await store.refresh();
    } catch (error) {
      notify((error as Error).message, 'failed');
    }
  };
  return (
    <div class="actions" role="toolbar" aria-label="Actions">
      {can('enqueue') ? (
        <ActionButton
          action="enqueue"
          onClick={() => openEnqueue(store, pinned < 0 ? null : paramsOf(store, pinned))}
        >
          {pinned < 0 ? 'Enqueue' : `Enqueue like ${pinned}`}
        </ActionButton>
      ) : null}
      {can('pause') || can('resume') ? (
        <div class="button-group">
          {can('pause') ? (
            <ActionButton
              action="pause"
              disabled={isPaused}
              onClick={() => void run('pause')()}
              title="Start no more trials; running trials finish"
            >
              Pause
            </ActionButton>
          ) : null}
          {can('resume') ? (
            <ActionButton
              action="resume"
              disabled={!isPaused}
              onClick={() => void run('resume')()}
              title="Start trials again"
            >
              Resume
            </ActionButton>
          ) : null}
        </div>
      ) : null}
      {can('set') ? (
        <ActionButton action="set" onClick={() => openLimits(store)}>
          Limits
        </ActionButton>
      ) : null}
      {can('note') ? (
        <ActionButton
          action="note"
          onClick={() => openNote(store, { trial: null, note: info.note, tags: info.tags })}
        >
          Note
        </ActionButton>
      ) : null}
    </div>
  );
}

/** Opens the form that changes the limits of a running sweep. */
function openLimits(store: StudyStore): void {
  const limits = store.info.peek()?.limits ?? {};
  const names = [...new Set(['trials', 'max_concurrent', ...Object.keys(limits)])];
  openDialog({
    title: 'Limits of the sweep',
    submit: 'Set',
    isDangerous: false,
    confirms: false,
    body: (
      <>
        <p class="dialog-text">
          They hold until the next hpo optimize. Write none to remove a limit.{' '}
          {formatCount(store.columns.total)} trials so far.
        </p>
        <div class="fields">
          {names.map((name) => (
            <FieldRow key={name} label={name} hint={HINTS[name] ?? ''}>
              <input
                name={name}
                type="text"
                autoComplete="off"
                defaultValue={limits[name] ?? ''}
                placeholder="none"
              />
            </FieldRow>
          ))}
        </div>
      </>
    ),
    run: async (form) => {
      const settings: Record<string, string> = {};
      for (const name of names) {
        const text = clean(String(form.get(name) ?? '')).trim();
        const before = limits[name] ?? '';
        if (text !== before) settings[name] = text === '' ? 'none' : text;
      }
      if (Object.keys(settings).length === 0) return;
      notify((await store.source.control(store.name, 'set', { settings })).text);
      await store.refresh();
    },
  });
}
