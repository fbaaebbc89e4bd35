import type { Distribution } from '../core/distribution.js';
import type { Attrs, Direction, FinishedState } from '../core/trial.js';
import {
  attrsOf,
  bad,
  distributionOf,
  fieldsOf,
  listOf,
  nameOf,
  numberOf,
  oneOf,
  textOf,
  wholeOf,
} from './fields.js';

/** The version of the protocol (docs/optuna-sampler.md). It changes when an older client would be wrong. */
export const PROTOCOL = 1;

export type Parameter = { readonly name: string; readonly distribution: Distribution };

/** Values as Optuna stores them: numbers, for a categorical parameter the index of the choice. */
export type StoredParams = Readonly<Record<string, number>>;

/** What a client says of a trial. A later message about the same number replaces it. */
export type TrialMessage = {
  readonly number: number;
  readonly state: 'running' | FinishedState;
  /** The parameters that the trial has named. */
  readonly params: StoredParams;
  readonly values: readonly number[] | null;
  /** <= 0 is feasible. */
  readonly violations: readonly number[];
  readonly steps: readonly (readonly [step: number, value: number])[];
  /** What an answer proposed for it; null: it came from elsewhere. */
  readonly proposal: { readonly params: StoredParams; readonly attrs: Attrs } | null;
};

export type OpenRequest = {
  readonly type: 'open';
  readonly study: string;
  readonly sampler: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly directions: readonly Direction[];
  /** Whether the client knows all parameters before the first trial. */
  readonly declared: boolean;
};
/** What is new since the last message. */
type News = { readonly parameters: readonly Parameter[] | null; readonly trials: readonly TrialMessage[] };
export type TellRequest = { readonly type: 'tell'; readonly study: string } & News;
export type AskRequest = { readonly type: 'ask'; readonly study: string; readonly index: number } & News;
export type SuggestRequest = {
  readonly type: 'suggest';
  readonly study: string;
  readonly index: number;
} & Parameter;
export type Request = OpenRequest | TellRequest | AskRequest | SuggestRequest;

/**
 * Reads one request.
 * @throws HpoError sampler.bad-request, sampler.protocol (usage).
 */
export function readRequest(value: unknown): Request {
  const fields = fieldsOf(value, 'a request');
  const type = oneOf(['open', 'tell', 'ask', 'suggest'], fields.type, 'type');
  const study = textOf(fields.study, 'study');
  switch (type) {
    case 'open':
      return { type, study, ...readOpen(fields) };
    case 'tell':
      return { type, study, ...readNews(fields) };
    case 'ask':
      return { type, study, index: wholeOf(fields.index, 'index'), ...readNews(fields) };
    case 'suggest':
      return { type, study, index: wholeOf(fields.index, 'index'), ...readParameter(fields) };
  }
}

function readOpen(fields: Readonly<Record<string, unknown>>): Omit<OpenRequest, 'type' | 'study'> {
  const protocol = wholeOf(fields.protocol, 'protocol');
  if (protocol !== PROTOCOL)
    throw bad(`a client of protocol ${PROTOCOL}`, protocol, {
      code: 'sampler.protocol',
      fix: 'install hpo and its client (hpo_sampler.py) in versions that belong together',
    });
  const directions = listOf(fields.directions, 'directions').map((each) =>
    oneOf(['minimize', 'maximize'], each, 'a direction'),
  );
  if (directions.length === 0) throw bad('at least one direction', '[]');
  if (typeof fields.declared !== 'boolean') throw bad('declared to be true or false', fields.declared);
  return {
    sampler: textOf(fields.sampler, 'sampler'),
    options: fieldsOf(fields.options, 'options'),
    seed: wholeOf(fields.seed, 'seed'),
    directions,
    declared: fields.declared,
  };
}

function readNews({ parameters = null, trials = [] }: Readonly<Record<string, unknown>>): News {
  return {
    parameters: parameters === null ? null : listOf(parameters, 'parameters').map(readParameter),
    trials: listOf(trials, 'trials').map(readTrial),
  };
}

function readParameter(value: unknown): Parameter {
  const fields = fieldsOf(value, 'a parameter');
  const name = nameOf(fields.name, 'the name of a parameter');
  return { name, distribution: distributionOf(fields.distribution, name) };
}

function readTrial(value: unknown): TrialMessage {
  const fields = fieldsOf(value, 'a trial');
  const { values = null, violations = [], steps = [], proposal = null } = fields;
  return {
    number: wholeOf(fields.number, 'number'),
    state: oneOf(['running', 'complete', 'pruned', 'fail'], fields.state, 'state'),
    params: readParams(fields.params),
    values: values === null ? null : numbersOf(values, 'values'),
    violations: numbersOf(violations, 'violations'),
    steps: listOf(steps, 'steps')
      .map(readStep)
      .toSorted(([a], [b]) => a - b),
    proposal: proposal === null ? null : readProposal(proposal),
  };
}

function readParams(value: unknown): StoredParams {
  const entries = Object.entries(fieldsOf(value, 'params'));
  return Object.fromEntries(
    entries.map(([name, each]) => [nameOf(name, 'the name of a parameter'), numberOf(each, name)]),
  );
}

function readStep(value: unknown): readonly [number, number] {
  const [step, reported, ...rest] = listOf(value, 'a step');
  if (rest.length > 0) throw bad('a step with its value', value);
  return [wholeOf(step, 'a step'), numberOf(reported, 'the value of a step')];
}

function readProposal(value: unknown): TrialMessage['proposal'] {
  const { params, attrs = {} } = fieldsOf(value, 'proposal');
  return { params: readParams(params), attrs: attrsOf(attrs) };
}

function numbersOf(value: unknown, what: string): readonly number[] {
  return listOf(value, what).map((each) => numberOf(each, what));
}
