/**
 * The schemas of what `--json` prints, and their versions. A version rises when a member goes, gets another name or another meaning;
 * a new member is no new version. A name never gets another meaning.
 */
export const SCHEMA_VERSIONS = {
  ask: 1,
  best: 1,
  compare: 1,
  'compare-trials': 1,
  dashboard: 1,
  'dashboard-file': 1,
  doctor: 1,
  enqueue: 1,
  error: 1,
  exhausted: 1,
  'export-csv': 1,
  front: 1,
  hide: 1,
  import: 1,
  'import-sweep': 1,
  importance: 1,
  init: 1,
  logs: 1,
  note: 1,
  optimize: 1,
  pause: 1,
  plan: 1,
  plot: 1,
  report: 1,
  resume: 1,
  retry: 1,
  schema: 1,
  set: 1,
  show: 1,
  stop: 1,
  'storage-check': 1,
  'study-copy': 1,
  'study-create': 1,
  'study-delete': 1,
  'study-list': 1,
  'study-show': 1,
  summary: 1,
  tell: 1,
  trials: 1,
  workers: 1,
} as const;

export type SchemaName = keyof typeof SCHEMA_VERSIONS;

/** Returns the name and version of a schema as documents have them in `schema`: `hpo.best/1`. */
export function schemaId(name: SchemaName): string {
  return `hpo.${name}/${SCHEMA_VERSIONS[name]}`;
}

/** Returns a document with its schema. A list is a list of documents. */
export function withSchema(name: SchemaName, data: object): object {
  const schema = schemaId(name);
  if (!Array.isArray(data)) return { schema, ...data };
  return (data as readonly object[]).map((each) => ({ schema, ...each }));
}
