import { isMapping, type Mapping } from '../../core/mapping.js';
import type { FinishedState } from '../../core/trial.js';
import { bad, fieldsOf, listOf, nameOf, numberOf, oneOf, textOf, wholeOf } from '../fields.js';

/** The version of the protocol (docs/python.md). It changes when an older client would be wrong. */
export const ASKED_PROTOCOL = 1;

export type OpenRequest = {
  readonly type: 'open';
  /** Null: the study of the sweep file. */
  readonly study: string | null;
  /** What a sweep file would say; null: there is a file, or the study exists. */
  readonly definition: Mapping | null;
  readonly sweep: string | null;
  readonly storage: string | null;
  /** Trials that the client has from a process before this one. */
  readonly held: readonly number[];
};
/** `held`: trials that the client has already. */
export type AskRequest = { readonly type: 'ask'; readonly held: readonly number[] };
export type ReportRequest = {
  readonly type: 'report';
  readonly trial: number;
  /** Null: the values are those of the whole trial. */
  readonly step: number | null;
  readonly metrics: readonly (readonly [name: string, value: number])[];
};
export type JudgeRequest = { readonly type: 'judge'; readonly trial: number };
export type TellRequest = {
  readonly type: 'tell';
  readonly trial: number;
  readonly values: readonly number[];
  readonly state: FinishedState;
  readonly reason: string | null;
};
export type AskedRequest =
  | OpenRequest
  | AskRequest
  | ReportRequest
  | JudgeRequest
  | TellRequest
  | { readonly type: 'best' };

/**
 * Reads one request.
 * @throws HpoError sampler.bad-request, ask.protocol (usage).
 */
export function readAskedRequest(value: unknown): AskedRequest {
  const fields = fieldsOf(value, 'a request');
  const type = oneOf(['open', 'ask', 'report', 'judge', 'tell', 'best'], fields.type, 'type');
  const trial = () => wholeOf(fields.trial, 'trial');
  switch (type) {
    case 'open':
      return readOpen(fields);
    case 'ask':
      return { type, held: heldOf(fields) };
    case 'report':
      return {
        type,
        trial: trial(),
        step: orNull(fields.step, 'step', wholeOf),
        metrics: readMetrics(fields),
      };
    case 'judge':
      return { type, trial: trial() };
    case 'tell':
      return {
        type,
        trial: trial(),
        values: listOf(fields.values ?? [], 'values').map((each) => numberOf(each, 'a value')),
        state: oneOf(['complete', 'pruned', 'fail'], fields.state ?? 'complete', 'state'),
        reason: orNull(fields.reason, 'reason', textOf),
      };
    case 'best':
      return { type };
  }
}

function readOpen(fields: Mapping): OpenRequest {
  const protocol = wholeOf(fields.protocol, 'protocol');
  if (protocol !== ASKED_PROTOCOL)
    throw bad(`a client of protocol ${ASKED_PROTOCOL}`, protocol, {
      code: 'ask.protocol',
      fix: 'install hpo and hpo.py in versions that belong together: remove hpo.py, then hpo init --python',
    });
  const { definition = null } = fields;
  if (definition !== null && !isMapping(definition)) throw bad('definition to be an object', definition);
  return {
    type: 'open',
    study: orNull(fields.study, 'study', textOf),
    definition,
    sweep: orNull(fields.sweep, 'sweep', textOf),
    storage: orNull(fields.storage, 'storage', textOf),
    held: heldOf(fields),
  };
}

function heldOf({ held }: Mapping): number[] {
  return listOf(held ?? [], 'held').map((each) => wholeOf(each, 'a number'));
}

function readMetrics({ metrics }: Mapping): ReportRequest['metrics'] {
  const found = Object.entries(fieldsOf(metrics, 'metrics'));
  if (found.length === 0) throw bad('at least one metric', '{}');
  return found.map(([name, value]) => [nameOf(name, 'the name of a metric'), numberOf(value, name)]);
}

function orNull<T>(value: unknown, what: string, read: (value: unknown, what: string) => T): T | null {
  return value === undefined || value === null ? null : read(value, what);
}
