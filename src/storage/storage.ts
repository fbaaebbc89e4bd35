import type { AskingStore } from './contracts/asking-store.js';
import type { AttemptStore } from './contracts/attempt-store.js';
import type { ChangeFeed } from './contracts/change-feed.js';
import type { DatabaseFile } from './contracts/database-file.js';
import type { StudyAttributes } from './contracts/study-attributes.js';
import type { StudyReader } from './contracts/study-reader.js';
import type { StudyStore } from './contracts/study-store.js';
import type { TrialStore } from './contracts/trial-store.js';

export type { Annotation, AnnotationChange, Remarks } from './annotation.js';
export type { AskingStore, Pending } from './contracts/asking-store.js';
export type * from './contracts/attempt-records.js';
export type { AttemptStore } from './contracts/attempt-store.js';
export type { ChangeFeed, ChangeKind } from './contracts/change-feed.js';
export type { DatabaseFile } from './contracts/database-file.js';
export type * from './contracts/result-records.js';
export type { StudyAttributes } from './contracts/study-attributes.js';
export type { StudyReader } from './contracts/study-reader.js';
export type * from './contracts/study-records.js';
export type { StudyStore } from './contracts/study-store.js';
export type * from './contracts/trial-records.js';
export type { TrialStore } from './contracts/trial-store.js';
export type * from './contracts/worker-records.js';

/**
 * An open database of studies. Only its operations touch the database; nothing outside `src/storage` sees a transaction
 * or a row. Ask for the narrowest contract that does: a function that only shows results takes a `StudyReader`.
 */
export interface Storage
  extends StudyStore,
    StudyAttributes,
    TrialStore,
    AskingStore,
    AttemptStore,
    StudyReader,
    ChangeFeed,
    DatabaseFile {}
