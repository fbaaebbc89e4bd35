import { refuseUnknown } from './arguments.js';
import type { Control } from './control.js';
import { updateStudyControl } from './stored-control.js';

export const resume: Control<null> = {
  name: 'resume',
  summary: 'Start trials of a paused study again.',
  arguments: [],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    return null;
  },
  async apply({ storage, study }) {
    const { before } = await updateStudyControl(storage, study.id, (control) => ({
      ...control,
      pausedAtMs: null,
    }));
    const text =
      before.pausedAtMs === null
        ? `study ${study.name} was not paused`
        : `study ${study.name} is resumed: a running sweep starts trials again; else run: hpo optimize`;
    return { text, data: { study: study.name, paused: false, changed: before.pausedAtMs !== null } };
  },
};
