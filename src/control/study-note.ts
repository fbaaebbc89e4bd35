import { isMapping } from '../core/mapping.js';
import type { JsonValue } from '../core/trial.js';
import type { StudyAttributes } from '../storage/storage.js';
import { updateAttribute } from './stored-attribute.js';

/** What people have written on a study. */
export type StudyNote = { readonly note: string | null; readonly tags: readonly string[] };

/** `note` null: it stays; empty: none. */
export type StudyNoteChange = {
  readonly note: string | null;
  readonly addTags: readonly string[];
  readonly removeTags: readonly string[];
};

/** The user attribute with the note and the tags of a study. */
const NOTE_ATTRIBUTE = 'hpo:note';

/** Reads the note in the attributes of a study. What it cannot read counts as none. */
export function studyNote(attributes: Readonly<Record<string, JsonValue>>): StudyNote {
  return parse(attributes[NOTE_ATTRIBUTE]);
}

/** Writes a note on a study, or tags it; returns what it has then. */
export function writeStudyNote(
  storage: Pick<StudyAttributes, 'readAttributes' | 'writeAttribute'>,
  studyId: number,
  { note, addTags, removeTags }: StudyNoteChange,
): Promise<StudyNote> {
  return updateAttribute(storage, { studyId, name: NOTE_ATTRIBUTE }, (stored) => {
    const before = parse(stored);
    return {
      note: note === null ? before.note : note === '' ? null : note,
      tags: [...new Set([...before.tags, ...addTags])].filter((tag) => !removeTags.includes(tag)),
    };
  });
}

function parse(stored: JsonValue | undefined): StudyNote {
  if (stored === undefined || !isMapping(stored)) return { note: null, tags: [] };
  const { note, tags } = stored;
  return {
    note: typeof note === 'string' && note !== '' ? note : null,
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
  };
}
