import { usageError } from '../core/errors.js';
import { namesArgument, refuseUnknown, textArgument, trialNumber } from './arguments.js';
import type { Control } from './control.js';
import { noSuchTrial } from './find-trial.js';
import { writeStudyNote } from './study-note.js';

type NoteArguments = {
  /** Null: the study itself. */
  readonly trial: number | null;
  /** Null: the note stays. */
  readonly text: string | null;
  readonly tags: readonly string[];
  readonly untag: readonly string[];
};

/** Longer notes belong in a file. */
const MAX_CHARACTERS = 20_000;

export const note: Control<NoteArguments> = {
  name: 'note',
  summary:
    "Write a note on a trial or on the study, or tag it. Optuna's dashboard shows notes on trials. An empty text removes it.",
  arguments: [
    { name: 'trial', type: 'trial', required: false, help: 'its number; without it the study itself' },
    { name: 'text', type: 'text', required: false, help: 'the note, which replaces an earlier one' },
    { name: 'tags', type: 'names', required: false, help: 'tags to add' },
    { name: 'untag', type: 'names', required: false, help: 'tags to remove' },
  ],
  parse(raw) {
    refuseUnknown(raw, this.arguments);
    const args = {
      trial: raw.trial === undefined ? null : trialNumber(raw),
      text: raw.text === undefined ? null : textArgument(raw, 'text'),
      tags: namesArgument(raw, 'tags'),
      untag: namesArgument(raw, 'untag'),
    };
    if (args.text === null && args.tags.length === 0 && args.untag.length === 0)
      throw usageError('note.nothing', 'expected a text or a tag, got neither', {
        fix: `hpo note ${args.trial ?? 'study'} "TEXT", or hpo note ${args.trial ?? 'study'} --tag NAME`,
      });
    if ((args.text?.length ?? 0) > MAX_CHARACTERS)
      throw usageError(
        'note.too-long',
        `expected at most ${MAX_CHARACTERS} characters, got ${args.text?.length}`,
      );
    return args;
  },
  async apply({ storage, study }, { trial, text, tags, untag }) {
    const change = { note: text, addTags: tags, removeTags: untag };
    const stored =
      trial === null
        ? await writeStudyNote(storage, study.id, change)
        : await storage.annotate(study.id, trial, { ...change, hidden: null });
    if (!stored) throw noSuchTrial(study.name, trial ?? 0);
    return {
      text: notedText(study.name, trial, stored),
      data: { study: study.name, trial, note: stored.note, tags: stored.tags },
    };
  },
};

/** Returns `trial 12 has note "diverged" and tags paper`. `trial` null: the study itself. */
export function notedText(
  study: string,
  trial: number | null,
  { note, tags }: { readonly note: string | null; readonly tags: readonly string[] },
): string {
  const shown = [
    note === null ? 'no note' : `note ${JSON.stringify(note)}`,
    ...(tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
  ];
  return `${trial === null ? `study ${study}` : `trial ${trial}`} has ${shown.join(' and ')}`;
}
