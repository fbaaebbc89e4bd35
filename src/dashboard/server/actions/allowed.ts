import { CONTROLS, type ControlName } from '../../../control/registry.js';
import type { StudyRecord } from '../../../storage/storage.js';

/** What the page can do to a study beside the controls. */
export const MANAGING = ['rename', 'delete'] as const;

/** Controls that only write on trials, which every study has. The others need a sweep of hpo. */
const ON_ANY_STUDY: readonly ControlName[] = ['note', 'hide'];

/** Names of the actions that a study allows. */
export function allowedActions({ spec }: Pick<StudyRecord, 'spec'>): readonly string[] {
  return [...(spec === null ? ON_ANY_STUDY : Object.keys(CONTROLS)), ...MANAGING];
}
