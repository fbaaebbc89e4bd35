import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { clean } from '../text.js';

/** What the one dialog of the page shows; null when it is closed. */
export type DialogContent = {
  readonly title: string;
  readonly body: ComponentChildren;
  /** What the button says that does it. */
  readonly submit: string;
  readonly isDangerous: boolean;
  /** A confirmation: its button has `data-confirm`. */
  readonly confirms: boolean;
  /** Gets the form; an error that it throws is shown, and the dialog stays. */
  run(form: FormData): Promise<void>;
};

const content = signal<DialogContent | null>(null);
const problem = signal<{ readonly message: string; readonly fix: string | null } | null>(null);
const isBusy = signal(false);

export function openDialog(next: DialogContent): void {
  problem.value = null;
  isBusy.value = false;
  content.value = next;
}

function closeDialog(): void {
  content.value = null;
}

/** The dialog; the browser keeps the focus inside while it is open. */
export function Dialog() {
  const element = useRef<HTMLDialogElement>(null);
  const shown = content.value;
  useEffect(() => {
    if (shown && !element.current?.open) element.current?.showModal();
    else if (!shown) element.current?.close();
  }, [shown]);
  if (!shown) return <dialog ref={element} />;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy.value) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    isBusy.value = true;
    problem.value = null;
    try {
      await shown.run(form);
      if (content.value === shown) closeDialog();
    } catch (error) {
      const { message, fix } = error as { message: string; fix?: string | null };
      problem.value = { message, fix: fix ?? null };
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <dialog ref={element} onClose={closeDialog} aria-labelledby="dialog-title">
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="dialog-title">{shown.title}</h2>
        {shown.body}
        <div aria-live="assertive">
          {problem.value ? (
            <p class="problem">
              {clean(problem.value.message)}
              {problem.value.fix ? <span class="fix">{clean(problem.value.fix)}</span> : null}
            </p>
          ) : null}
        </div>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={closeDialog}>
            Cancel
          </button>
          <button
            type="submit"
            class={`button ${shown.isDangerous ? 'button-danger' : 'button-primary'}`}
            disabled={isBusy.value}
            data-confirm={shown.confirms ? 'true' : undefined}
          >
            {isBusy.value ? 'Working\u2026' : shown.submit}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A labeled field of a form. */
export function FieldRow({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the children are the control.
    <label class="field">
      <span class="field-label">{clean(label)}</span>
      {children}
      {hint ? <span class="field-hint">{clean(hint)}</span> : null}
    </label>
  );
}
