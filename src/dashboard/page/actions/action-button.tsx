import type { ComponentChildren } from 'preact';

type Props = {
  /** The name of the action, by which tests and scripts find the button. */
  readonly action: string;
  readonly onClick: () => void;
  readonly isDangerous?: boolean;
  readonly disabled?: boolean;
  readonly title?: string;
  readonly children: ComponentChildren;
};

/** The button of an action on a study or a trial. */
export function ActionButton({ action, onClick, isDangerous = false, disabled, title, children }: Props) {
  return (
    <button
      type="button"
      class={isDangerous ? 'button button-danger-quiet' : 'button'}
      data-action={action}
      disabled={disabled}
      onClick={onClick}
      title={title}
    >
      {children}
    </button>
  );
}
