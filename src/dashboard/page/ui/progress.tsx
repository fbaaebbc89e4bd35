import type { StudyListEntry } from '../../protocol.js';
import { formatCount } from '../text.js';

const PARTS = [
  ['complete', 'complete'],
  ['pruned', 'pruned'],
  ['fail', 'failed'],
  ['running', 'running'],
  ['paused', 'paused'],
  ['queued', 'queued'],
  ['waiting', 'waiting'],
] as const;

/** A bar of how trials stand, with the counts below. */
export function Progress({
  counts,
  target,
  small = false,
}: {
  readonly counts: StudyListEntry['counts'];
  readonly target: number | null;
  readonly small?: boolean;
}) {
  const all = PARTS.reduce((sum, [key]) => sum + counts[key], 0);
  const whole = Math.max(all, target ?? 0, 1);
  const done = counts.complete + counts.pruned + counts.fail;
  const words = PARTS.filter(([key]) => counts[key] > 0);
  const label = words.map(([key, word]) => `${counts[key]} ${word}`).join(', ');
  return (
    <div class={`progress${small ? ' progress-small' : ''}`}>
      {small ? null : (
        <p class="fact-value">
          {formatCount(done)}
          {target !== null && target >= done ? <span class="of"> / {formatCount(target)}</span> : null}
        </p>
      )}
      <div class="progress-bar" role="img" aria-label={label || 'no trials'} title={label}>
        {words.map(([key]) => (
          <span key={key} class={`part part-${key}`} style={{ width: `${(counts[key] / whole) * 100}%` }} />
        ))}
      </div>
      {small ? (
        <p class="study-sub">
          {all === 0
            ? 'no trials'
            : words.map(([key, word]) => `${formatCount(counts[key])} ${word}`).join(', ')}
        </p>
      ) : (
        <ul class="legend">
          {words.map(([key, word]) => (
            <li key={key}>
              <span class={`dot part-${key}`} aria-hidden="true" />
              <span class="number">{formatCount(counts[key])}</span> {word}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
