/** What the trainers of machines/trainer.sh noted: `TRIAL TOKEN SECONDS start X SAVED | alive | print TEXT | end CODE`. */
export type Note = {
  readonly trial: number;
  readonly token: string;
  /** Since the machine under all hosts started. */
  readonly atMs: number;
  readonly kind: 'start' | 'alive' | 'print' | 'end';
  readonly text: string;
};

/** One trainer, by its notes. */
export type Run = {
  readonly trial: number;
  readonly token: string;
  readonly x: number;
  readonly startedMs: number;
  /** Its signs of life, in their order: at least ten a second, where nothing stops it. */
  readonly signsMs: readonly number[];
  readonly printed: readonly string[];
  readonly end: number | null;
};

export function parseNotes(records: string): readonly Note[] {
  return records
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const match = /^(\d+) (\S+) (\d+\.\d+) (start|alive|print|end) ?(.*)$/.exec(line);
      if (!match) throw new Error(`a trainer's note is torn: ${JSON.stringify(line)}`);
      const [, trial, token = '', seconds, kind, text = ''] = match;
      return { trial: Number(trial), token, atMs: Number(seconds) * 1000, kind: kind as Note['kind'], text };
    });
}

/** Returns every trainer that ran, in the order of their starts. One that started twice under a token is two. */
export function runsOf(notes: readonly Note[]): readonly Run[] {
  const starts = notes.filter(({ kind }) => kind === 'start');
  return starts
    .map((start): Run => {
      const own = notes.filter(({ token, trial }) => token === start.token && trial === start.trial);
      const end = own.find(({ kind }) => kind === 'end');
      return {
        trial: start.trial,
        token: start.token,
        x: Number.parseInt(start.text, 10),
        startedMs: start.atMs,
        signsMs: own.map(({ atMs }) => atMs).sort((a, b) => a - b),
        printed: own.filter(({ kind }) => kind === 'print').map(({ text }) => text),
        end: end === undefined ? null : Number(end.text),
      };
    })
    .sort((a, b) => a.startedMs - b.startedMs);
}

/** Between two signs of life. */
const PULSE_MS = 100;

export type Overlap = { readonly trial: number; readonly ms: number };

/**
 * Returns which trainers ran while a later one of the same trial did, and for how long: from their first sign of life meanwhile to
 * their last. One that was frozen when the later one began gives none until it is thawed.
 */
export function overlapsOf(runs: readonly Run[]): readonly Overlap[] {
  return runs.flatMap((run, k) => {
    const lastMs = run.signsMs.at(-1) ?? run.startedMs;
    return runs.slice(0, k).flatMap((earlier) => {
      const meanwhile = earlier.signsMs.filter((atMs) => atMs > run.startedMs && atMs <= lastMs);
      const [first, last] = [meanwhile[0], meanwhile.at(-1)];
      if (earlier.trial !== run.trial || first === undefined || last === undefined) return [];
      return [{ trial: run.trial, ms: Math.round(last - first) + PULSE_MS }];
    });
  });
}
