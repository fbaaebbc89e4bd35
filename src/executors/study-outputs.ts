/** The folder of a study's outputs: which one it is, who has claimed it, where a trial's own folder lies in it, what is removed. */
export { machineOf, placeOfAttempt } from './attempt-place.js';
export { discardCopies, discardLeft } from './discard-left.js';
export { type Claim, keepClaiming } from './local/folder-claims.js';
export { paramsFile } from './local/params-file.js';
export { attemptFiles, trialDir } from './local/paths.js';
export { findStudyFolder, type Taken } from './local/study-folder.js';
