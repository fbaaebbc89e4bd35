import type { Attrs } from '../core/trial.js';

/** What people have written on a trial. */
export type Annotation = {
  readonly note: string | null;
  readonly tags: readonly string[];
  /** Left out of tables and plots. What is best does not change. */
  readonly hidden: boolean;
};

/** `note` null: it stays; empty: none. `hidden` null: it stays. */
export type AnnotationChange = {
  readonly note: string | null;
  readonly addTags: readonly string[];
  readonly removeTags: readonly string[];
  readonly hidden: boolean | null;
};

/** What an imported trial brings beside its result. Null attributes are left out. */
export type Remarks = { readonly attrs: Attrs } & Pick<Annotation, 'note' | 'tags'>;

export const NO_REMARKS: Remarks = { attrs: {}, note: null, tags: [] };

/** Returns the change that writes a note and tags; null where there is neither. */
export function annotationOf({ note, tags }: Remarks): AnnotationChange | null {
  return note === null && tags.length === 0 ? null : { note, addTags: tags, removeTags: [], hidden: null };
}

/** optuna-dashboard stores a note in parts of at most so many characters. */
export const NOTE_LENGTH = 2045;

/** A note in parts of at most `length` characters. No character is cut in two. */
export function splitNote(note: string, length: number): string[] {
  const characters = [...note];
  const count = Math.ceil(characters.length / length);
  return Array.from({ length: count }, (_, k) => characters.slice(k * length, (k + 1) * length).join(''));
}

/** The tags of a stored value; another program may have written anything. */
export function toTags(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((tag) => typeof tag === 'string') : [];
}
