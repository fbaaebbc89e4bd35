import { allows, dataSource, notify } from '../app-state.js';
import { clean } from '../text.js';
import { FieldRow, openDialog } from './dialog.js';

/** Buttons of the list: rename and delete a study, behind a confirmation. */
export function ManageStudy({ name, done }: { readonly name: string; readonly done: () => void }) {
  const canRename = allows('rename', null);
  const canDelete = allows('delete', null);
  return (
    <div class="row-actions">
      {canRename ? (
        <button
          type="button"
          class="button button-small"
          data-action="rename"
          aria-label={`Rename ${clean(name)}`}
          onClick={() => openRename(name, done)}
        >
          Rename
        </button>
      ) : null}
      {canDelete ? (
        <button
          type="button"
          class="button button-small button-danger-quiet"
          data-action="delete"
          aria-label={`Delete ${clean(name)}`}
          onClick={() => openDelete(name, done)}
        >
          Delete
        </button>
      ) : null}
    </div>
  );
}

function openRename(name: string, done: () => void): void {
  openDialog({
    title: `Rename ${clean(name)}`,
    submit: 'Rename',
    isDangerous: false,
    confirms: true,
    body: (
      <div class="fields fields-one">
        <FieldRow label="New name">
          <input name="name" type="text" autoComplete="off" required defaultValue={name} />
        </FieldRow>
      </div>
    ),
    run: async (form) => {
      const next = String(form.get('name') ?? '').trim();
      await dataSource().manage(name, 'rename', { name: next });
      notify(`${clean(name)} is now ${clean(next)}`);
      done();
    },
  });
}

function openDelete(name: string, done: () => void): void {
  openDialog({
    title: `Delete ${clean(name)}?`,
    submit: 'Delete study',
    isDangerous: true,
    confirms: true,
    body: (
      <p class="dialog-text">
        All its trials and their values are removed from the database. Files in its output folder stay. This
        cannot be undone.
      </p>
    ),
    run: async () => {
      await dataSource().manage(name, 'delete', { confirm: name });
      notify(`${clean(name)} is deleted`);
      done();
    },
  });
}
