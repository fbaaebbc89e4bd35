import { refuseUnknown } from './arguments.js';
import type { Control } from './control.js';
import { updateStudyControl } from './stored-control.js';

export const pause: Control<null> = {
  name: 'pause',
  summary: 'Start no trial of a study until hpo resume. Running trials finish.',
  arguments: [],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    return null;
  },
  async apply({ storage, study, nowMs }) {
    const { before } = await updateStudyControl(storage, study.id, (control) => ({
      ...control,
      pausedAtMs: control.pausedAtMs ?? nowMs,
    }));
    const text =
      before.pausedAtMs === null
        ? `study ${study.name} is paused: no trial starts until hpo resume, and running trials finish`
        : `study ${study.name} was paused already`;
    return { text, data: { study: study.name, paused: true, changed: before.pausedAtMs === null } };
  },
};
