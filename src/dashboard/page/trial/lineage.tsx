import type { TrialInfo } from '../../protocol.js';
import { trialPath } from '../router.js';
import { Link } from '../ui/link.js';

type Props = { readonly study: string; readonly trial: Pick<TrialInfo, 'parent' | 'children'> };

/** The trial whose checkpoint a trial continues, and those that continue its own; nothing where there are none. */
export function Lineage({ study, trial: { parent, children } }: Props) {
  if (parent === null && children.length === 0) return null;
  return (
    <div class="fact" data-fact="lineage">
      <h3>Lineage</h3>
      {parent === null ? (
        <p class="fact-value fact-words">from the beginning</p>
      ) : (
        <p class="fact-value fact-words">
          <Link to={trialPath(study, parent.trial)}>trial {parent.trial}</Link> from step {parent.step}
        </p>
      )}
      {children.length === 0 ? null : (
        <p class="fact-note repeats">
          continued by{' '}
          {children.map(({ trial, step }) => (
            <span key={trial}>
              <Link to={trialPath(study, trial)}>trial {trial}</Link> from step {step}{' '}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
