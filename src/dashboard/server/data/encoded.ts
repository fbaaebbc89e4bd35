import { encodeColumns } from '../../columns.js';
import { type FlatCurves, packFlatCurves } from '../../curve-codec.js';
import type { ColumnsHeader, CurvesHeader } from '../../protocol.js';
import { compress, type Encoding } from '../http/encoding.js';
import type { OpenStudy } from './open-study.js';
import { sentColumns } from './sent-columns.js';

/** More points are a sample: the page draws no more in a way that anybody could tell apart. */
export const MAX_POINTS = 600_000;

/** Bytes with their compressed forms, each made once. */
export class Encoded {
  readonly revision: number;
  readonly bytes: Uint8Array;
  readonly #forms = new Map<Encoding, Promise<Uint8Array>>();

  constructor(revision: number, bytes: Uint8Array) {
    this.revision = revision;
    this.bytes = bytes;
  }

  readonly compress = (encoding: Encoding): Promise<Uint8Array> => {
    const known = this.#forms.get(encoding) ?? compress(this.bytes, encoding);
    this.#forms.set(encoding, known);
    return known;
  };
}

type Whole = { columns: Encoded | null; curves: Encoded | null };

/** Whole answers of open studies: many pages ask for the same revision. They are gone with the study. */
const whole = new WeakMap<OpenStudy, Whole>();

/** The trials of a study: all, or those that changed after a revision. */
export function encodedColumns(open: OpenStudy, since: number | null): Encoded {
  return encoded(open, since, 'columns', (rows) => {
    const { table, revision, study, timeBaseMs } = open;
    const header: ColumnsHeader = {
      study: study.name,
      revision,
      full: rows === null,
      total: table.length,
      timeBaseMs,
    };
    const { space, spec } = study;
    return encodeColumns({
      header,
      columns: sentColumns({ table, space, repeats: spec.repeats, timeBaseMs, rows }),
    });
  });
}

/** The curves of the first objective: all, or those of trials that changed after a revision. */
export function encodedCurves(open: OpenStudy, since: number | null): Encoded {
  return encoded(open, since, 'curves', (rows) => {
    const { revision, study } = open;
    const all = countCurves(open);
    const share = all.points > MAX_POINTS ? MAX_POINTS / all.points : 1;
    const header: Omit<CurvesHeader, 'scale'> = {
      study: study.name,
      metric: study.spec.objectives[0]?.metric ?? '',
      revision,
      full: rows === null,
      curveCount: all.curves,
    };
    return encodeColumns(packFlatCurves(header, flatCurves(open, rows, share)));
  });
}

/** The curves of these trials, of all for null; of a share of them where that is below 1. */
function flatCurves({ table }: OpenStudy, rows: Int32Array | null, share: number): FlatCurves {
  const trials = new Int32Array(rows?.length ?? table.length);
  let count = 0;
  for (let k = 0; k < trials.length; k++) {
    const trial = rows === null ? k : (rows[k] as number);
    const isWanted =
      (share === 1 || drawOf(trial) < share) &&
      // Among what changed is a trial that was started again, whose curve is gone.
      (rows !== null || table.curves.stepCount(trial) > 0);
    if (isWanted) trials[count++] = trial;
  }
  const wanted = trials.subarray(0, count);
  return { trials: wanted, ...table.curves.pack(wanted) };
}

function encoded(
  open: OpenStudy,
  since: number | null,
  kind: keyof Whole,
  encode: (rows: Int32Array | null) => Uint8Array,
): Encoded {
  const changed = open.changedSince(since);
  const isSmall = changed !== null && changed.length <= open.table.length / 2;
  if (isSmall) return new Encoded(open.revision, encode(changed));
  const kept = whole.get(open) ?? { columns: null, curves: null };
  whole.set(open, kept);
  const known = kept[kind];
  if (known?.revision === open.revision) return known;
  const made = new Encoded(open.revision, encode(null));
  kept[kind] = made;
  return made;
}

function countCurves({ model, table }: OpenStudy): { curves: number; points: number } {
  let [curves, points] = [0, 0];
  for (let trial = 0; trial < table.length; trial++) {
    const count = model.curves.stepCount(trial);
    points += count;
    if (count > 0) curves++;
  }
  return { curves, points };
}

/** A number from 0 to 1 that depends on nothing but the trial, so that each trial is always in the sample or never. */
function drawOf(trial: number): number {
  let bits = Math.imul(trial + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  return ((bits ^ (bits >>> 13)) >>> 0) / 2 ** 32;
}
