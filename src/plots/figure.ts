/** How values become lengths along an axis. `category`: the numbers 0, 1, 2 ... are places in `categories`. */
export type ScaleKind = 'linear' | 'log' | 'time' | 'category';

export type Tick = { readonly value: number; readonly label: string };

/** One axis of a panel. A renderer finds the place of a value with `makePosition` of scale.ts. */
export type Axis = {
  readonly label: string;
  readonly scale: ScaleKind;
  /** Of `time`: Unix time in milliseconds. */
  readonly domain: readonly [low: number, high: number];
  /** Texts of the numbers 0, 1, 2 ...; empty for other scales. */
  readonly categories: readonly string[];
  readonly ticks: readonly Tick[];
  /**
   * What the place before the first value means, where trials are drawn that have no value on this axis; their value is
   * NaN. Null: the axis has no such place.
   */
  readonly absent: string | null;
};

/**
 * What a mark means, which decides its color (palette.ts). `best`: the best so far, or the first configurations. `series-0`
 * and so on: things to tell apart, by a letter where there are more than colors. `shade-0` (best) to `shade-7` (worst): a scale
 * of values.
 */
export type Tone =
  | 'main'
  | 'muted'
  | 'best'
  | 'pruned'
  | 'infeasible'
  | 'fail'
  | `series-${number}`
  | `shade-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

export type Shape = 'dot' | 'large-dot' | 'cross';
export type Numbers = readonly number[];

/** What is drawn in a panel, later marks over earlier ones. Lists of one mark have the same length. */
export type Mark =
  | {
      readonly mark: 'points';
      readonly tone: Tone;
      readonly shape: Shape;
      readonly x: Numbers;
      readonly y: Numbers;
    }
  | {
      readonly mark: 'line';
      readonly tone: Tone;
      /** Keeps each value until the next point. */
      readonly isStep: boolean;
      readonly isThick: boolean;
      readonly x: Numbers;
      readonly y: Numbers;
    }
  | {
      /** An area between two lines. */
      readonly mark: 'band';
      readonly tone: Tone;
      readonly isStrong: boolean;
      readonly x: Numbers;
      readonly low: Numbers;
      readonly high: Numbers;
    }
  | {
      /** Filled rectangles. Their sides may lie outside of the panel. */
      readonly mark: 'boxes';
      readonly tone: Tone;
      readonly left: Numbers;
      readonly right: Numbers;
      readonly bottom: Numbers;
      readonly top: Numbers;
    }
  | {
      /** Vertical intervals. */
      readonly mark: 'intervals';
      readonly tone: Tone;
      readonly x: Numbers;
      readonly low: Numbers;
      readonly high: Numbers;
    }
  | {
      /** Horizontal bars from 0, one for each category of y, with their intervals. */
      readonly mark: 'bars';
      readonly tone: Tone;
      readonly y: Numbers;
      readonly value: Numbers;
      readonly low: Numbers;
      readonly high: Numbers;
    };

/** Two axes and what is drawn between them. */
export type CartesianPanel = {
  readonly type: 'cartesian';
  /** Null where the title of the figure is enough. */
  readonly title: string | null;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Mark[];
};

/** Vertical axes side by side, and lines over them. */
export type ParallelPanel = {
  readonly type: 'parallel';
  readonly axes: readonly Axis[];
  readonly lines: readonly {
    readonly tone: Tone;
    readonly isThick: boolean;
    /** One for each axis; NaN for none. */
    readonly values: Numbers;
  }[];
};

export type Panel = CartesianPanel | ParallelPanel;

export type LegendEntry = {
  readonly tone: Tone;
  readonly symbol: 'dot' | 'cross' | 'line' | 'band' | 'box' | 'interval';
  readonly label: string;
};

/** A plot as data. It has every number that is drawn, and says in `notes` what is not. */
export type Figure = {
  readonly kind: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly legend: readonly LegendEntry[];
  readonly notes: readonly string[];
};
