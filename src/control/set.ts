import { usageError } from '../core/errors.js';
import { type ChangedLimits, type LimitValue, limitsText } from '../core/study-control.js';
import { refuseUnknown } from './arguments.js';
import type { Control } from './control.js';
import { LIVE_KEYS, type LimitChange, parseLimits } from './limits.js';
import { updateStudyControl } from './stored-control.js';

export const set: Control<readonly LimitChange[]> = {
  name: 'set',
  summary: `Change limits of a running sweep: ${LIVE_KEYS.join(', ')}. They hold until the next hpo optimize.`,
  arguments: [
    {
      name: 'settings',
      type: 'settings',
      required: true,
      help: `values for ${LIVE_KEYS.join(', ')}; none removes a limit`,
    },
  ],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    const { settings } = raw;
    if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
      throw usageError('control.argument', 'expected settings: a value for each key');
    return parseLimits(settings as Readonly<Record<string, unknown>>);
  },
  async apply({ storage, study }, changes) {
    const { trials } = await storage.count(study.id, ['trials']);
    const changed: ChangedLimits = Object.fromEntries(
      changes.map(({ name, value }) => [name, absolute(value, trials)]),
    );
    const { after } = await updateStudyControl(storage, study.id, (control) => ({
      ...control,
      limits: { ...control.limits, ...changed },
    }));
    return {
      text: `study ${study.name}: ${limitsText(changed)}, until the next hpo optimize`,
      data: { study: study.name, changed, limits: after.limits },
    };
  },
};

/** `+20` trials become a total. */
function absolute(value: LimitChange['value'], trials: number): LimitValue {
  if (typeof value !== 'object' || value === null || 'steps' in value) return value;
  return value.count + (value.more ? trials : 0);
}
