import { clean } from '../text.js';

/** A small list to choose from, with a label for screen readers. */
export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key} selected={key === value}>
            {clean(text)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A switch that looks like a small button. */
export function Toggle({
  label,
  title,
  on,
  onChange,
}: {
  readonly label: string;
  readonly title: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  return (
    <button type="button" class="toggle" aria-pressed={on} title={title} onClick={() => onChange(!on)}>
      {label}
    </button>
  );
}
