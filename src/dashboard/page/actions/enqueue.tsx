import type { ParamValue } from '../../../core/distribution.js';
import type { ParameterInfo } from '../../protocol.js';
import { notify } from '../app-state.js';
import { SourceError } from '../data/source.js';
import type { StudyStore } from '../store/study-store.js';
import { formatNumber, formatValue } from '../text.js';
import { FieldRow, openDialog } from './dialog.js';

/** Opens the form that queues a configuration; empty, or filled from a trial. */
export function openEnqueue(store: StudyStore, filled: Readonly<Record<string, ParamValue>> | null): void {
  const parameters = store.info.peek()?.parameters ?? [];
  openDialog({
    title: 'Enqueue a configuration',
    submit: 'Enqueue',
    isDangerous: false,
    confirms: false,
    body: (
      <>
        <p class="dialog-text">The sampler chooses what is left empty. A running sweep picks it up next.</p>
        <div class="fields">
          {parameters.map((parameter) => (
            <ParameterField
              key={parameter.name}
              parameter={parameter}
              value={
                filled && Object.hasOwn(filled, parameter.name)
                  ? (filled[parameter.name] as ParamValue)
                  : null
              }
            />
          ))}
        </div>
      </>
    ),
    run: async (form) => {
      const answer = await store.source.control(store.name, 'enqueue', {
        parameters: readPoint(parameters, form),
      });
      notify(answer.text);
      await store.refresh();
    },
  });
}

function ParameterField({
  parameter,
  value,
}: {
  readonly parameter: ParameterInfo;
  readonly value: ParamValue;
}) {
  const { name, choices } = parameter;
  if (choices)
    return (
      <FieldRow label={name}>
        <select name={name}>
          <option value="">{'\u2013'}</option>
          {choices.map((choice, k) => (
            <option
              key={String(choice)}
              value={String(choice)}
              selected={value !== null && choices.indexOf(value) === k}
            >
              {formatValue(choice)}
            </option>
          ))}
        </select>
      </FieldRow>
    );
  return (
    <FieldRow label={name} hint={rangeText(parameter)}>
      <input
        name={name}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        defaultValue={value === null ? '' : String(value)}
        placeholder="sampler chooses"
      />
    </FieldRow>
  );
}

function rangeText({ kind, low, high, log }: ParameterInfo): string {
  const range = low === null || high === null ? kind : `${formatNumber(low)} to ${formatNumber(high)}`;
  return `${range}${kind === 'int' ? ', whole' : ''}${log ? ', log' : ''}`;
}

function readPoint(parameters: readonly ParameterInfo[], form: FormData): Record<string, ParamValue> {
  const point: Record<string, ParamValue> = {};
  for (const { name, choices } of parameters) {
    const text = String(form.get(name) ?? '').trim();
    if (text === '') continue;
    const choice = choices?.find((each) => String(each) === text);
    const value = choices ? choice : Number(text);
    if (value === undefined || (typeof value === 'number' && Number.isNaN(value)))
      throw new SourceError({
        code: 'page.number',
        message: `${name}: expected a number, got ${text}`,
        fix: 'write it like 0.001 or 1e-3',
        status: 400,
      });
    point[name] = value;
  }
  return point;
}
