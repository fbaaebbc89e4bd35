import * as z from 'zod';
import * as others from './others.js';
import * as studies from './studies.js';
import * as trials from './trials.js';
import { SCHEMA_VERSIONS, type SchemaName, schemaId } from './versions.js';

export { schemaId } from './versions.js';

export type DocumentSchema = {
  /** The command lines that print it. */
  readonly commands: readonly string[];
  /** It prints a list of them. */
  readonly isList: boolean;
  readonly schema: z.ZodType;
};

const one = (schema: z.ZodType, ...commands: readonly string[]): DocumentSchema => ({
  commands,
  isList: false,
  schema,
});
const list = (schema: z.ZodType, ...commands: readonly string[]): DocumentSchema => ({
  commands,
  isList: true,
  schema,
});

/** The form of everything that `--json` prints. */
export const SCHEMAS: Readonly<Record<SchemaName, DocumentSchema>> = {
  ask: one(trials.ask, 'hpo ask', 'hpo ask -n N (a list)'),
  best: list(trials.best, 'hpo best'),
  compare: one(studies.compare, 'hpo compare'),
  'compare-trials': one(trials.compareTrials, 'hpo compare --trials'),
  dashboard: one(others.dashboard, 'hpo dashboard'),
  'dashboard-file': one(others.dashboardFile, 'hpo dashboard --out FILE'),
  doctor: one(others.doctor, 'hpo doctor'),
  enqueue: list(studies.enqueue, 'hpo enqueue'),
  error: one(others.error, 'any command that fails'),
  exhausted: one(trials.exhausted, 'hpo ask, when nothing is left'),
  'export-csv': one(others.exportCsv, 'hpo export-csv'),
  front: list(trials.front, 'hpo best, with several objectives'),
  hide: one(others.hide, 'hpo hide'),
  import: one(others.importResults, 'hpo import, of results'),
  'import-sweep': one(others.importSweep, 'hpo import, of a sweep'),
  importance: one(studies.importance, 'hpo importance'),
  init: one(others.init, 'hpo init'),
  logs: one(trials.logs, 'hpo logs'),
  note: one(others.note, 'hpo note'),
  optimize: one(studies.optimize, 'hpo optimize', 'hpo tune'),
  pause: one(others.pause, 'hpo pause'),
  plan: one(studies.plan, 'hpo optimize --dry-run', 'hpo tune --dry-run'),
  plot: one(others.plot, 'hpo plot'),
  report: one(trials.report, 'hpo report'),
  resume: one(others.pause, 'hpo resume'),
  retry: one(others.retry, 'hpo retry'),
  schema: list(others.schema, 'hpo schema'),
  set: one(others.set, 'hpo set'),
  show: one(trials.show, 'hpo show'),
  stop: one(others.stop, 'hpo stop'),
  'storage-check': one(studies.storageCheck, 'hpo storage check', 'hpo study check'),
  'study-copy': one(studies.studyCopy, 'hpo study copy'),
  'study-create': one(studies.studyCreate, 'hpo study create'),
  'study-delete': one(studies.studyDelete, 'hpo study delete'),
  'study-list': list(studies.studyList, 'hpo study list'),
  'study-show': one(studies.studyShow, 'hpo study show'),
  summary: one(studies.summary, 'hpo summary'),
  tell: one(trials.tell, 'hpo tell'),
  trials: list(trials.trials, 'hpo trials'),
  workers: list(studies.workers, 'hpo workers'),
};

/** Commands without `--json`, and why. */
export const WITHOUT_JSON: Readonly<Record<string, string>> = {
  'hpo completion': 'prints a script for a shell',
  'hpo train': 'is a trainer: METRIC lines are its protocol',
  'hpo sampler': 'speaks JSON lines with a protocol of its own',
  'hpo mcp': 'speaks JSON-RPC with a protocol of its own',
};

/** Returns the names of all schemas, in order. */
export function schemaNames(): readonly SchemaName[] {
  return Object.keys(SCHEMA_VERSIONS) as SchemaName[];
}

/** Returns the JSON Schema of a document. More members may come in the same version, so that it allows them. */
export function jsonSchema(name: SchemaName): object {
  const { $schema, properties, required, ...rest } = z.toJSONSchema(SCHEMAS[name].schema, {
    override: ({ jsonSchema: each }) => {
      if (each.additionalProperties === false) delete each.additionalProperties;
    },
  });
  return {
    $schema,
    title: schemaId(name),
    ...rest,
    properties: { schema: { const: schemaId(name) }, ...properties },
    required: ['schema', ...(required ?? [])],
  };
}
