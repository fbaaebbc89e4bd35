import { studyNote } from '../../../control/study-note.js';
import { metricConstraintText } from '../../../core/metric-constraints.js';
import { printable } from '../../../core/printable.js';
import { PROVENANCE_ATTRIBUTE, parseProvenance } from '../../../core/provenance.js';
import type { ParamSpec } from '../../../core/space.js';
import {
  LIMIT_KEYS,
  LIMITS_ATTRIBUTE,
  type LimitName,
  limitText,
  parseControl,
  parseLimits,
} from '../../../core/study-control.js';
import type { JsonValue } from '../../../core/trial.js';
import type { ParameterInfo, StudyInfo } from '../../protocol.js';
import { allowedActions } from '../actions/allowed.js';
import type { OpenStudy } from './open-study.js';
import { savingsText } from './savings-text.js';
import { choicesOf } from './sent-columns.js';
import { studyEntry } from './study-entry.js';

/** How many of the best configurations are named, with one objective. */
const BEST = 20;

/** Everything about a study but its trials. */
export async function studyInfo(open: OpenStudy, isReadOnly: boolean): Promise<StudyInfo> {
  const { study, model, table, record } = open;
  const isOwn = record.spec !== null;
  const attributes = await open.storage.readAttributes(record.id);
  const { note, tags } = studyNote(attributes);
  const best = study.spec.objectives.length === 1 ? model.best(BEST) : model.front();
  return {
    ...(await studyEntry(open)),
    parameters: parametersOf(open),
    metrics: [...table.metrics.keys()],
    constraints: study.spec.metricConstraints.map(metricConstraintText),
    repeats: study.spec.repeats,
    sampler: isOwn ? study.spec.sampler.name : null,
    pruner: isOwn ? study.spec.pruner.name : null,
    limits: await limitsOf(open, attributes),
    note: note === null ? null : printable(note),
    tags: tags.map(printable),
    provenance: { ...parseProvenance(attributes[PROVENANCE_ATTRIBUTE]).at(-1) },
    savings: savingsText(open),
    bestTrials: best.flatMap(({ trials }) => trials.slice(0, 1)),
    actions: isReadOnly ? [] : allowedActions(record),
  };
}

function parametersOf({ study, table }: OpenStudy): ParameterInfo[] {
  const byName = new Map(study.space.params.map((spec) => [spec.name, spec]));
  return [...table.params].map(([name, column]) => {
    const spec = byName.get(name);
    return spec ? parameterInfo(spec) : forcedParameter(name, choicesOf(study.space, name, column) !== null);
  });
}

function parameterInfo({ name, distribution, when }: ParamSpec): ParameterInfo {
  const conditional = when !== undefined;
  if (distribution.kind === 'categorical')
    return {
      name,
      kind: 'categorical',
      log: false,
      low: null,
      high: null,
      choices: distribution.choices,
      conditional,
    };
  const { kind, log, low, high } = distribution;
  return { name, kind, log, low, high, choices: null, conditional };
}

/** One that only constraints set, or that another program's trials brought. */
function forcedParameter(name: string, isCoded: boolean): ParameterInfo {
  return {
    name,
    kind: isCoded ? 'categorical' : 'float',
    log: false,
    low: null,
    high: null,
    choices: isCoded ? [] : null,
    conditional: true,
  };
}

/** Limits with which the newest sweep began, and what was changed since. */
async function limitsOf(
  { storage, record }: OpenStudy,
  attributes: Readonly<Record<string, JsonValue>>,
): Promise<Record<string, string | null>> {
  const { limits } = parseControl((await storage.readControl(record.id)).control);
  const known = { ...parseLimits(attributes[LIMITS_ATTRIBUTE]), ...limits };
  return Object.fromEntries(
    Object.entries(known).map(([name, value]) => {
      const text = value === null ? null : limitText(name as LimitName, value);
      return [LIMIT_KEYS[name as LimitName], text];
    }),
  );
}
