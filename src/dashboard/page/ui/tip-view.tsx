import { tip } from '../plots/tip.js';
import { textOf } from '../store/fields.js';
import { isInfeasible, pausedAt } from '../store/state-text.js';
import { clean } from '../text.js';
import { StateBadge } from './state-badge.js';

/** What the trial under the pointer is, beside the pointer. */
export function TipView() {
  const shown = tip.value;
  if (!shown) return null;
  const { store, trial, x, y } = shown;
  const { columns } = store;
  const fields = [...store.fields.value.values()].filter(
    ({ group }) => group === 'objective' || group === 'parameter',
  );
  const reason = columns.text('reason', trial);
  const [toLeft, toTop] = [x > innerWidth - 280, y > innerHeight - 320];
  const style = {
    left: `${toLeft ? x - 14 : x + 14}px`,
    top: `${toTop ? y - 10 : y + 14}px`,
    transform: `translate(${toLeft ? '-100%' : '0'}, ${toTop ? '-100%' : '0'})`,
  };
  return (
    <div class="tip" style={style} role="status">
      <div class="tip-head">
        <strong>Trial {trial}</strong>
        <StateBadge
          state={columns.state(trial)}
          infeasible={isInfeasible(columns, trial)}
          pausedAt={pausedAt(columns, trial)}
        />
      </div>
      <dl>
        {fields.slice(0, 14).map((field) => {
          const text = textOf(field, trial);
          return text === '' ? null : (
            <div key={field.key} class={`tip-${field.group}`}>
              <dt>{field.label}</dt>
              <dd>{text}</dd>
            </div>
          );
        })}
      </dl>
      {reason ? <p>{clean(reason)}</p> : null}
    </div>
  );
}
