import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { brush } from '../store/brush.js';
import type { StudyStore } from '../store/study-store.js';
import { whereProblem } from '../store/where.js';
import { clean } from '../text.js';

/** The field for a condition over the table. While it is no condition, the selection stays and the field says why. */
export function WhereInput({ store }: { readonly store: StudyStore }) {
  const stored = store.filters.value.text;
  const text = useSignal(stored);
  useEffect(() => {
    text.value = stored;
  }, [stored, text]);
  const problem = useComputed(() => whereProblem(text.value, store.fields.value, store.columns));
  return (
    <div class="where-field">
      <input
        type="search"
        class="where"
        name="where"
        value={text.value}
        placeholder={'Filter: lr < 0.01 and optimizer == "adam"'}
        aria-label="Filter trials, for example lr < 0.01 and state == complete"
        aria-invalid={problem.value !== null}
        aria-describedby="where-problem"
        autoComplete="off"
        spellcheck={false}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          if (problem.value === null) brush(store, { ...store.filters.peek(), text: text.value });
        }}
      />
      <p id="where-problem" class="where-problem" aria-live="polite">
        {problem.value === null ? '' : clean(problem.value)}
      </p>
    </div>
  );
}
