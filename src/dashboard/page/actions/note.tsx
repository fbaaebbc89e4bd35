import { notify } from '../app-state.js';
import type { StudyStore } from '../store/study-store.js';
import { FieldRow, openDialog } from './dialog.js';

export type Noted = {
  /** Null: the study itself. */
  readonly trial: number | null;
  readonly note: string | null;
  readonly tags: readonly string[];
};

/** Opens the form for the note and the tags of a study or a trial. */
export function openNote(store: StudyStore, { trial, note, tags }: Noted, done: () => void = () => {}): void {
  openDialog({
    title: trial === null ? 'Note on the study' : `Note on trial ${trial}`,
    submit: 'Save',
    isDangerous: false,
    confirms: false,
    body: (
      <div class="fields fields-one">
        <FieldRow label="Note">
          <textarea name="text" rows={5} maxLength={20_000} defaultValue={note ?? ''} />
        </FieldRow>
        <FieldRow label="Tags" hint="separated by commas">
          <input name="tags" type="text" autoComplete="off" defaultValue={tags.join(', ')} />
        </FieldRow>
      </div>
    ),
    run: async (form) => {
      const wanted = namesOf(String(form.get('tags') ?? ''));
      const answer = await store.source.control(store.name, 'note', {
        ...(trial === null ? {} : { trial }),
        text: String(form.get('text') ?? ''),
        tags: wanted.filter((tag) => !tags.includes(tag)),
        untag: tags.filter((tag) => !wanted.includes(tag)),
      });
      notify(answer.text);
      await store.refresh();
      done();
    },
  });
}

function namesOf(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
