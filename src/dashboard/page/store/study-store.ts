import { batch, computed, signal } from '@preact/signals';
import type { ColumnSet } from '../../columns.js';
import type { ColumnsHeader, ImportanceInfo, StudyInfo } from '../../protocol.js';
import { type DataSource, SourceError } from '../data/source.js';
import type { Curves } from './curves.js';
import { mergeCurves, readCurves } from './curves.js';
import { type Field, fieldsOf, MISSING, placesOf, scaleOf } from './fields.js';
import { type Filters, isEmpty, NO_FILTERS } from './filters.js';
import { kindsOf } from './kinds.js';
import { selectionOf } from './mask.js';
import { outlierMarks } from './outliers.js';
import { bestFirst, meansOf } from './ranking.js';
import type { Scale } from './scale.js';
import { TrialColumns } from './trial-columns.js';
import { update } from './update.js';

/**
 * A study redraws at most so often while it changes: a page must not take the processor from trials that start every few
 * milliseconds. A change after a pause shows at once.
 */
const WAIT_MS = 300;
const LARGE = 20_000;
const LARGE_WAIT_MS = 400;

export type ViewOptions = {
  /** By key of a field: its axis is or is not logarithmic; absent: as the distribution says. */
  readonly log: Readonly<Record<string, boolean>>;
  readonly clip: boolean;
  readonly showHidden: boolean;
};

/** Everything that the pages of one study show, and what is selected in it. */
export class StudyStore {
  readonly name: string;
  readonly source: DataSource;
  readonly columns = new TrialColumns();
  readonly info = signal<StudyInfo | null>(null);
  readonly curves = signal<Curves | null>(null);
  readonly importance = signal<ImportanceInfo | null>(null);
  readonly error = signal<SourceError | Error | null>(null);
  /** Nothing of this name is in the database: what is shown is from before, and nothing can be done to it. */
  readonly isGone = computed(() => {
    const error = this.error.value;
    return error instanceof SourceError && error.code === 'study.not-found';
  });
  readonly connected = signal(true);
  /** How much of the study the server has read, while it opens it for the first time. */
  readonly opening = signal<{ readonly read: number; readonly total: number } | null>(null);
  /** Counts up with every change of `columns`; 0: nothing has come yet. */
  readonly version = signal(0);
  readonly filters = signal<Filters>(NO_FILTERS);
  readonly options = signal<ViewOptions>({ log: {}, clip: true, showHidden: false });
  /** Trial under the pointer, and the one that was clicked; -1 for none. */
  readonly hovered = signal(-1);
  readonly pinned = signal(-1);

  readonly fields = computed<ReadonlyMap<string, Field>>(() => {
    const info = this.info.value;
    if (!info || this.version.value === 0) return new Map();
    return new Map(fieldsOf(info, this.columns).map((field) => [field.key, field]));
  });
  readonly best = computed(() => {
    const info = this.info.value;
    if (!info || this.version.value === 0) return new Int32Array(0);
    return bestFirst(this.columns, this.means.value, info);
  });
  readonly scales = computed<ReadonlyMap<string, Scale>>(() => {
    const { log, clip } = this.options.value;
    const scales = [...this.fields.value.values()].map((field) => {
      const scale = scaleOf(field, { log: log[field.key] ?? null, clip });
      return [field.key, scale] as const;
    });
    return new Map(scales);
  });
  readonly #places = computed(() => ({
    scales: this.scales.value,
    fields: this.fields.value,
    known: new Map<string, Uint16Array>(),
  }));
  readonly #without = computed(() => ({
    places: this.#places.value,
    shown: this.shown.value,
    known: new Map<string, boolean>(),
  }));
  readonly selection = computed(() => {
    this.version.value;
    // Without a filter, the arrays are those of all trials: what was worked out of them holds.
    if (isEmpty(this.filters.value)) return this.shown.value;
    return selectionOf({
      columns: this.columns,
      fields: this.fields.value,
      curves: this.curves.value,
      best: this.best.value,
      filters: this.filters.value,
      showHidden: this.options.value.showHidden,
    });
  });

  /** All trials that are not hidden. */
  readonly shown = computed(() => {
    this.version.value;
    const { columns } = this;
    const filters = NO_FILTERS;
    const { showHidden } = this.options.value;
    return selectionOf({ columns, fields: new Map(), curves: null, best: [], filters, showHidden });
  });
  readonly means = computed(() => {
    this.version.value;
    return meansOf(this.columns, this.info.value?.repeats ?? 1);
  });
  readonly outliers = computed(() => {
    this.version.value;
    return outlierMarks(this.columns, this.fields.value.values());
  });
  readonly kinds = computed(() => {
    this.version.value;
    return kindsOf(this.columns);
  });

  #isFetching = false;
  #isStale = false;
  #restsUntilMs = 0;
  #soon: ReturnType<typeof setTimeout> | null = null;
  #isClosed = false;
  #unsubscribe: (() => void) | null = null;

  constructor(source: DataSource, name: string) {
    this.source = source;
    this.name = name;
  }

  /** Returns where each trial lies on the axis of a field. */
  places(key: string): Uint16Array {
    const { scales, fields, known } = this.#places.value;
    const [scale, field] = [scales.get(key), fields.get(key)];
    const earlier = known.get(key);
    if (earlier) return earlier;
    const places =
      scale && field
        ? placesOf(field, scale, this.columns.total)
        : new Uint16Array(this.columns.total).fill(MISSING);
    known.set(key, places);
    return places;
  }

  /** Whether any trial that is shown has no place on the axis of a field. */
  hasNone(key: string): boolean {
    const { shown, known } = this.#without.value;
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    const places = this.places(key);
    let found = false;
    let at = places.indexOf(MISSING);
    while (at >= 0 && !found) {
      found = shown.mask[at] === 1;
      at = places.indexOf(MISSING, at + 1);
    }
    known.set(key, found);
    return found;
  }

  async open(): Promise<void> {
    this.#unsubscribe = this.source.subscribe(this.name, (event) => {
      if ('connected' in event) {
        this.connected.value = event.connected;
        if (event.connected) void this.refresh();
        else void this.#findRefusal();
      } else if (event.kind === 'opening' && event.study === this.name) {
        if (this.version.value === 0) this.opening.value = event;
      } else if (event.kind === 'study' && event.study === this.name) {
        if (event.revision !== this.columns.revision || event.state !== this.info.value?.state)
          this.#refreshSoon();
      }
    });
    await this.refresh();
  }

  /** Refreshes at once after a pause, else when the page has rested. */
  #refreshSoon(): void {
    if (this.#soon !== null) return;
    const restMs = Math.max(0, this.#restsUntilMs - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = null;
      void this.refresh();
    }, restMs);
  }

  /** Says what to do when a server answers that does not know this page: it was started again, with another token. */
  async #findRefusal(): Promise<void> {
    try {
      await this.source.server();
    } catch (error) {
      if (error instanceof SourceError && error.status === 401) this.error.value = error;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#unsubscribe?.();
  }

  /** Fetches what changed. Calls while one is under way lead to one more. */
  async refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isFetching) return;
    this.#isFetching = true;
    try {
      while (this.#isStale && !this.#isClosed) {
        this.#isStale = false;
        await this.#fetch();
        this.#restsUntilMs = performance.now() + (this.columns.total > LARGE ? LARGE_WAIT_MS : WAIT_MS);
      }
      this.error.value = null;
    } catch (error) {
      this.error.value = error as Error;
    } finally {
      this.#isFetching = false;
    }
  }

  async #fetch(): Promise<void> {
    const { source, name } = this;
    const curves = this.curves.value;
    const [info, columns, newer] = await Promise.all([
      source.study(name),
      source.columns(name, this.columns.revision),
      source.curves(name, curves?.revision ?? null),
    ]);
    if (this.#isClosed) return;
    const fits = this.columns.apply(columns);
    if (!fits) {
      this.columns.revision = null;
      this.#isStale = true;
      return;
    }
    const read = readCurves(newer);
    const change = () =>
      batch(() => {
        this.info.value = info;
        if (newer.header.full || !curves) this.curves.value = read;
        else if (read.trials.length > 0) this.curves.value = mergeCurves(curves, read);
        else curves.revision = read.revision;
        if (isChange(columns) || this.version.value === 0) this.version.value++;
      });
    if (this.version.value === 0) change();
    else update(this.columns.total, change);
  }

  /** Importance takes the server longest, so the page does not wait for it. */
  async fetchImportance(metric: string | null = null): Promise<void> {
    try {
      this.importance.value = await this.source.importance(this.name, metric);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.importance.value = { metric: metric ?? '', none: message, rows: [], notes: [] };
    }
  }
}

function isChange({ header, columns }: ColumnSet<ColumnsHeader>): boolean {
  return header.full || columns.some(({ name, values }) => name === 'trial' && values.length > 0);
}
