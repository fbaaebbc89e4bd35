import { useComputed } from '@preact/signals';
import { trialPath } from '../router.js';
import { brush } from '../store/brush.js';
import { isEmpty, NO_FILTERS, type Range, withRanges } from '../store/filters.js';
import type { StudyStore } from '../store/study-store.js';
import { formatCount, formatNumber, formatTime } from '../text.js';
import { Choice, Toggle } from '../ui/choice.js';
import { Link } from '../ui/link.js';
import { WhereInput } from './where-input.js';

const STATE_CHOICES = [
  ['', 'all states'],
  ['COMPLETE', 'complete'],
  ['PRUNED', 'pruned'],
  ['FAIL', 'failed'],
  ['PAUSED', 'paused'],
  ['RUNNING~PAUSED~QUEUED~WAITING', 'unfinished'],
] as const;
const TOPS = [
  ['', 'all'],
  ['10', 'best 10'],
  ['50', 'best 50'],
  ['100', 'best 100'],
  ['1000', 'best 1000'],
] as const;

/** What is selected, and every way to select that is not a plot. */
export function SelectionBar({ store }: { readonly store: StudyStore }) {
  const filters = store.filters.value;
  const { count, active } = store.selection.value;
  const total = store.shown.value.count;
  const pinned = store.pinned.value;
  const hidden = useComputed(() => {
    store.version.value;
    const states = store.columns.values('state');
    let none = 0;
    for (let k = 0; k < states.length; k++) if (states[k] === 0) none++;
    return store.columns.total - none - store.shown.value.count;
  }).value;
  return (
    <section class="selection" aria-label="Selection">
      <p class="selection-count" aria-live="polite">
        <strong class="number">{formatCount(count)}</strong>
        {active ? ` of ${formatCount(total)} selected` : ' trials'}
      </p>
      <WhereInput store={store} />
      <Choice
        label="Top"
        value={filters.top === null ? '' : String(filters.top)}
        options={TOPS}
        onChange={(value) =>
          brush(store, { ...store.filters.peek(), top: value === '' ? null : Number(value) })
        }
      />
      <Choice
        label="State"
        value={filters.states?.join('~') ?? ''}
        options={STATE_CHOICES}
        onChange={(value) =>
          brush(store, { ...store.filters.peek(), states: value === '' ? null : value.split('~') })
        }
      />
      {hidden > 0 || store.options.value.showHidden ? (
        <Toggle
          label={store.options.value.showHidden ? 'hidden shown' : `${formatCount(hidden)} hidden`}
          title="Show trials that were hidden"
          on={store.options.value.showHidden}
          onChange={(showHidden) => {
            store.options.value = { ...store.options.peek(), showHidden };
          }}
        />
      ) : null}
      <div class="chips">
        {filters.ranges.map((range) => (
          <Chip
            key={range.key}
            text={rangeText(store, range)}
            onClear={() => brush(store, withRanges(store.filters.peek(), { [range.key]: null }))}
          />
        ))}
        {filters.curve ? (
          <Chip
            text={`curve ${formatNumber(filters.curve.low)} \u2013 ${formatNumber(filters.curve.high)}`}
            onClear={() => brush(store, { ...store.filters.peek(), curve: null })}
          />
        ) : null}
        {pinned >= 0 ? (
          <span class="chip chip-pinned">
            <Link to={trialPath(store.name, pinned)}>Open trial {pinned}</Link>
            <ClearButton
              label={`Unmark trial ${pinned}`}
              onClear={() => {
                store.pinned.value = -1;
              }}
            />
          </span>
        ) : null}
        {isEmpty(filters) ? null : (
          <button type="button" class="button button-small" onClick={() => brush(store, NO_FILTERS)}>
            Clear <kbd>Esc</kbd>
          </button>
        )}
      </div>
    </section>
  );
}

function Chip({ text, onClear }: { readonly text: string; readonly onClear: () => void }) {
  return (
    <span class="chip">
      {text}
      <ClearButton label={`Remove ${text}`} onClear={onClear} />
    </span>
  );
}

function ClearButton({ label, onClear }: { readonly label: string; readonly onClear: () => void }) {
  return (
    <button type="button" class="chip-clear" aria-label={label} onClick={onClear}>
      {'\u00d7'}
    </button>
  );
}

function rangeText(store: StudyStore, { key, low, high, missing }: Range): string {
  const field = store.fields.value.get(key);
  const name = field?.label ?? key;
  if (low > high) return `${name} none`;
  if (field?.choices) {
    const names = field.choices.filter((_, k) => k >= low && k <= high);
    return `${name} ${names.length > 4 ? `${names.length} choices` : names.join(', ')}${missing ? ' or none' : ''}`;
  }
  const show = (value: number) =>
    key === 'start' || key === 'end'
      ? formatTime(value).slice(5)
      : formatNumber(Number(value.toPrecision(3)));
  const [from, to] = [Number.isFinite(low) ? show(low) : '', Number.isFinite(high) ? show(high) : ''];
  const range = from && to ? `${from} \u2013 ${to}` : from ? `\u2265 ${from}` : to ? `\u2264 ${to}` : 'all';
  return `${name} ${range}${missing && key !== 'end' ? ' or none' : ''}`;
}
