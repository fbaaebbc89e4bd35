import type { Direction } from '../core/trial.js';

/** Where studies are: `memory:`, `sqlite:FILE`, a path that ends in `.db`, `.sqlite` or `.sqlite3`, or `postgresql://...`. */
export type StorageUrl =
  | 'memory:'
  | `sqlite:${string}`
  | `${string}.db`
  | `${string}.sqlite`
  | `${string}.sqlite3`
  | `postgresql://${string}`;

type UnknownKindOfStorage = {
  readonly "expected memory:, sqlite:FILE, or a path that ends in '.db', '.sqlite' or '.sqlite3'": never;
};

/** A storage URL. Text that is known only when the program runs is checked then. */
export type CheckedUrl<U extends string> = U &
  (string extends U ? unknown : U extends StorageUrl ? unknown : UnknownKindOfStorage);

/** An open storage, which several studies of a program share. `openStorage` opens it. */
export interface StudyStorage {
  readonly url: string;
  /** Closes it. Studies that use it are closed first. A second call does nothing. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `{ storage: 'tune.db' }`. */
export type StorageOption<U extends string = string> = { readonly storage: CheckedUrl<U> | StudyStorage };

/** A study of a storage. */
export type NamedStudy<U extends string = string> = StorageOption<U> & { readonly name: string };

/** `to`: the name and the storage of the copy, where they differ. */
export type CopyStudyOptions<U extends string = string, T extends string = string> = NamedStudy<U> & {
  readonly to: { readonly name?: string; readonly storage?: CheckedUrl<T> | StudyStorage };
};

/** A study, as a list shows it. */
export type StudyInfo = {
  readonly name: string;
  /** The name and the direction of each objective; null for a study that another program made. */
  readonly objectives: Readonly<Record<string, Direction>> | null;
  /** Trials in any state. */
  readonly trials: number;
  /** Unix time in milliseconds; null when nobody knows. */
  readonly createdAtMs: number | null;
};
