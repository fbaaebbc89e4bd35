/**
 * The folder of a study's outputs: which one it is, who has claimed it, where a trial's own folder and the attempts lie in it, what is
 * removed.
 */
export { machineOf, placeOfAttempt } from './attempt-place.js';
export { checkpointsHere, type IdleCheckpoints } from './checkpoints-here.js';
export { discardCopies, discardLeft } from './discard-left.js';
export { type AttemptsHere, attemptsSeen } from './folders-here.js';
export { type Claim, keepClaiming, readClaim } from './local/folder-claims.js';
export { paramsFile } from './local/params-file.js';
export { attemptFiles, trialDir } from './local/paths.js';
export { type ClaimQuestions, findStudyFolder, type Taken } from './local/study-folder.js';
