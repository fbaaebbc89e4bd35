import { paramsKey } from '../../core/space.js';
import type { FilledConfig, FirstTrial, OpenedTrial } from '../../storage/storage.js';
import { emptyHistory, hasExternalTrials, untilKept } from './ask.js';
import type { AskContext, History } from './ask-context.js';
import type { Runner } from './asked-trials.js';
import { type Batch, proposeBatch } from './batch.js';
import { type Exhausted, type Proposed, toFilled } from './propose.js';
import { toSuggest } from './proposed-point.js';
import { fullness } from './trial-limit.js';

/** Trials that were opened together, and why they are fewer than were asked for; null when they are not. */
export type OpenedBatch = { readonly opened: readonly OpenedTrial[]; readonly exhausted: Exhausted | null };

/** The most trials that are asked for at once. */
export const MOST_AT_ONCE = 10_000;

/** What opens trials one by one and together; a study is one. */
export type TrialOpener = {
  ask(runner: Runner, startedAtMs: number, budget: number | null): Promise<OpenedTrial | Exhausted>;
  askBatch(count: number, runnerOf: () => Runner, startedAtMs: number): Promise<OpenedBatch>;
};

/**
 * Opens trials that wait, as long as `openWaiting` finds one, then new configurations: a single one as a sweep does, several
 * together.
 */
export async function openTrials(
  study: TrialOpener,
  count: number,
  runner: Runner,
  openWaiting: () => Promise<OpenedTrial | null>,
): Promise<OpenedBatch> {
  const opened: OpenedTrial[] = [];
  while (opened.length < count) {
    const waiting = await openWaiting();
    if (waiting === null) break;
    opened.push(waiting);
  }
  const missing = count - opened.length;
  if (missing === 0) return { opened, exhausted: null };
  if (missing > 1) {
    const batch = await study.askBatch(missing, () => runner, Date.now());
    return { ...batch, opened: [...opened, ...batch.opened] };
  }
  const asked = await study.ask(runner, Date.now(), null);
  return 'exhausted' in asked
    ? { opened, exhausted: asked }
    : { opened: [...opened, asked], exhausted: null };
}

/**
 * Asks the sampler for several new configurations and opens the first trial of each, in one transaction. Fewer are opened where the
 * space has fewer, or the study has as many trials as the limit allows.
 */
export async function askBatch(
  study: AskContext,
  count: number,
  trialOf: () => FirstTrial,
): Promise<OpenedBatch> {
  const trials = Array.from({ length: count }, trialOf);
  const limit = trials[0]?.limit ?? null;
  const full = await fullness(study, limit);
  if (full) return { opened: [], exhausted: full };
  return untilKept(() => askReserved(study, trials, limit));
}

async function askReserved(
  study: AskContext,
  trials: readonly FirstTrial[],
  limit: FirstTrial['limit'],
): Promise<OpenedBatch> {
  const { storage, id, owner } = study;
  const reserved: { readonly reservation: number; readonly index: number }[] = [];
  try {
    while (reserved.length < trials.length) reserved.push(await storage.reserveIndex(id, owner));
    const indices = reserved.map(({ index }) => index);
    for (let conflicts = 0; ; conflicts++) {
      const { members, exhausted } = await propose(study, indices, conflicts);
      const opened = await storage.commitBatch(
        members.map((member, k) => ({
          reservation: (reserved[k] as (typeof reserved)[number]).reservation,
          filled: filledOf(study, member, indices[k] as number),
          trial: trials[k] as FirstTrial,
        })),
      );
      // A conflict: another process stored one of these configurations since the view was read. The next view has it.
      if (opened === null) continue;
      reserved.splice(0, opened.length);
      const isCut = opened.length < members.length;
      return { opened, exhausted: isCut ? await fullness(study, limit) : exhausted };
    }
  } finally {
    for (const { reservation } of reserved) await storage.releaseIndices(id, { reservation });
  }
}

async function propose(study: AskContext, indices: readonly number[], conflicts: number): Promise<Batch> {
  if (study.spec.defineByRun) return proposeToSuggest(study, indices, conflicts);
  return proposeBatch(study, await historyFor(study, conflicts), indices, conflicts);
}

/** In a define-by-run study only a limit ends a search: where the known parameters have no new point, trials name others. */
async function proposeToSuggest(
  study: AskContext,
  indices: readonly number[],
  conflicts: number,
): Promise<Batch> {
  const space = await study.learntSpace();
  const nothing = { params: {}, forced: {}, given: {}, forbidden: false };
  const unknown: Proposed = { resolved: nothing, key: paramsKey({}), attrs: {} };
  if (space.params.length === 0) return { members: indices.map(() => unknown), exhausted: null };
  const refusal = study.sampler.refuse?.(space);
  if (refusal) throw refusal;
  const { members } = await proposeBatch(study, await study.history(), indices, conflicts);
  return { members: indices.map((_, k) => members[k] ?? unknown), exhausted: null };
}

function filledOf({ spec, space }: AskContext, member: Proposed, index: number): FilledConfig {
  if (!spec.defineByRun) return toFilled(space, member);
  return toSuggest({ key: String(index), proposed: member.resolved.params, attrs: member.attrs });
}

async function historyFor(study: AskContext, conflicts: number): Promise<History> {
  const needsNone = conflicts === 0 && study.samplerEntry.reads === 'nothing';
  return needsNone && !(await hasExternalTrials(study)) ? emptyHistory(study) : study.history();
}
