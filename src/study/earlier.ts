import type { EarlierPoint, EarlierStudy, Transfer, TransferSource } from '../core/earlier-studies.js';
import { HpoError, type Place, usageError } from '../core/errors.js';
import { isFeasible } from '../core/metric-constraints.js';
import type { Objective, StudySpec } from '../core/spec.js';
import type { ConfigView } from '../core/study-view.js';
import { refuseTransfer } from '../samplers/registry.js';
import type { Storage, StudyRecord } from '../storage/storage.js';
import { objectiveNames } from './optuna-study.js';
import { storedSpec } from './stored-spec.js';
import { ViewCache } from './view.js';

/** So many results of an earlier study are kept: the best half, and others from the best to the worst. */
export const MOST_POINTS = 100;

export type EarlierStorages = {
  /** Where the new study will be. */
  readonly own: Storage;
  /** Opens another database to read. */
  readonly open: (url: string) => Promise<Storage>;
  /** Where the k-th source is written; undefined in a program. */
  readonly placeOf?: (source: number) => Place;
};

/**
 * Returns a specification with what its earlier studies have found so far. A new study keeps that: they may continue, change or be
 * deleted, and it proposes the same.
 * @throws HpoError study.not-found, study.transfer-objective, sampler.no-transfer (usage) and as `open`.
 */
export async function withEarlier(spec: StudySpec, storages: EarlierStorages): Promise<StudySpec> {
  const { transfer } = spec;
  if (transfer === null) return spec;
  const refusal = refuseTransfer(spec.sampler.name, spec.objectives.length);
  if (refusal) throw refusal;
  const earlier: EarlierStudy[] = [];
  for (const [k, source] of transfer.sources.entries()) {
    try {
      earlier.push(await readFrom(spec, source, storages));
    } catch (error) {
      throw placed(error, storages.placeOf?.(k));
    }
  }
  return { ...spec, transfer: { ...transfer, earlier } };
}

async function readFrom(spec: StudySpec, source: TransferSource, { own, open }: EarlierStorages) {
  if (source.storage === null) return readEarlier(spec, source, own);
  const other = await open(source.storage);
  try {
    return await readEarlier(spec, source, other);
  } finally {
    await other.close();
  }
}

async function readEarlier(spec: StudySpec, source: TransferSource, storage: Storage): Promise<EarlierStudy> {
  const record = await storage.findStudy(source.study);
  if (!record) throw await notFound(source, storage);
  const objective = await objectiveIn(storage, record, spec.objectives[0] as Objective);
  const cache = new ViewCache(storage, record);
  const { configs } = await cache.read();
  // A view leaves out the values that constraints force.
  const forced = new Map(cache.configs().map(({ config }) => [config.key, config.forced]));
  const names = spec.defineByRun ? null : new Set(spec.space.params.map(({ name }) => name));
  const points = configs.flatMap((config): EarlierPoint[] => {
    const value = config.values?.[objective];
    if (!isUsable(config) || value === undefined || !Number.isFinite(value)) return [];
    const all = Object.entries({ ...config.params, ...forced.get(config.key) });
    const known = names === null ? all : all.filter(([name]) => names.has(name));
    return known.length === 0 ? [] : [{ params: Object.fromEntries(known), value }];
  });
  const sign = record.directions[objective] === 'maximize' ? -1 : 1;
  return { name: source.study, results: points.length, points: mostUseful(points, sign) };
}

function isUsable({ state, violations }: ConfigView): boolean {
  return state === 'complete' && isFeasible(violations);
}

/** Returns the best half of the results that are kept, and others from the best to the worst, in the order in which they came. */
export function mostUseful(points: readonly EarlierPoint[], sign: number): readonly EarlierPoint[] {
  if (points.length <= MOST_POINTS) return points;
  const order = points
    .map(({ value }, at) => ({ at, loss: sign * value }))
    .sort((a, b) => a.loss - b.loss || a.at - b.at);
  const half = MOST_POINTS / 2;
  const keep = new Set(order.slice(0, half).map(({ at }) => at));
  const rest = order.slice(half);
  for (let k = 0; k < half; k++)
    keep.add((rest[Math.floor(((k + 1) * rest.length) / half) - 1] as (typeof rest)[number]).at);
  return points.filter((_, at) => keep.has(at));
}

/** Returns which of its objectives is that of the new study. */
async function objectiveIn(
  storage: Storage,
  record: StudyRecord,
  { metric, direction }: Objective,
): Promise<number> {
  const summary = record.spec === null ? await storage.parameterSummary(record.id) : null;
  const names = summary
    ? objectiveNames(record, summary)
    : storedSpec(record).objectives.map((each) => each.metric);
  // Optuna names objectives only where somebody does.
  const isNameless = summary?.metricNames === null && record.directions.length === 1;
  const at = isNameless ? 0 : names.indexOf(metric);
  if (record.directions[at] === direction) return at;
  const has = names.map((name, k) => `${name} (${record.directions[k]})`).join(', ');
  throw usageError(
    'study.transfer-objective',
    `expected an earlier study with the objective ${metric} (${direction}), and ${record.name} has ${has}`,
    { fix: `remove ${record.name} from the earlier studies, or name the objective as it is there` },
  );
}

async function notFound({ study, storage: url }: TransferSource, storage: Storage): Promise<HpoError> {
  const known = (await storage.listStudies()).map(({ name }) => name);
  const shown = known.length > 8 ? [...known.slice(0, 8), '...'] : known;
  return usageError(
    'study.not-found',
    `expected an earlier study ${study} ${url === null ? 'where this study is' : `in ${url}`}, which holds ${shown.join(', ') || 'no study'}`,
    {
      fix:
        known.length > 0
          ? 'name one of them, or remove it from the earlier studies'
          : 'remove it from the earlier studies, or name their storage: {study: NAME, storage: URL}',
    },
  );
}

function placed(error: unknown, place: Place | undefined): unknown {
  if (!(error instanceof HpoError) || !error.usage || place === undefined || error.place) return error;
  return usageError(error.code, error.message, { place, ...(error.fix !== undefined && { fix: error.fix }) });
}

/** Returns how many earlier studies a study starts from, in words; null without any. */
export function earlierText(transfer: Transfer | null): string | null {
  if (transfer === null || transfer.earlier.length === 0) return null;
  const { length } = transfer.earlier;
  const results = transfer.earlier.reduce((sum, each) => sum + each.results, 0);
  const studies = length === 1 ? '1 earlier study' : `${length} earlier studies`;
  if (transfer.weight === 0) return `leaves ${studies} out (weight 0)`;
  return `starts from ${studies} (${results} trial${results === 1 ? '' : 's'})`;
}
