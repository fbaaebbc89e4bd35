/** When something ran, in milliseconds, and on which device; an empty text where nobody knows. */
export type Span = { readonly from: number; readonly to: number; readonly device: string };

/** Rows such that no two spans of one row overlap. */
export type Lanes = {
  /** The row of each span, the first at the top. */
  readonly laneOf: readonly number[];
  /** The label of each row from the last to the first, as an axis counts them from the bottom. */
  readonly labels: readonly string[];
  /** Whether the last row holds what had no row of its own. */
  readonly hasMore: boolean;
};

/** More rows are too thin to be seen. */
const MOST = 32;

/** Gives each span a row of its device. `spans`: in the order of their start. */
export function lanesOf(spans: readonly Span[]): Lanes {
  const lanes: { device: string; until: number }[] = [];
  let hasMore = false;
  const found = spans.map(({ from, to, device }) => {
    let lane = lanes.findIndex((each) => each.device === device && each.until <= from);
    if (lane < 0 && lanes.length < MOST) lane = lanes.push({ device, until: to }) - 1;
    if (lane < 0) {
      hasMore = true;
      lane = MOST - 1;
    }
    const chosen = lanes[lane] as (typeof lanes)[number];
    chosen.until = Math.max(chosen.until, to);
    return lane;
  });
  const last = hasMore ? MOST - 1 : lanes.length;
  const order = [...lanes.keys()].sort(
    (a, b) => Number(a === last) - Number(b === last) || byName(lanes[a]?.device, lanes[b]?.device) || a - b,
  );
  const rank = new Map(order.map((lane, k) => [lane, k]));
  const labels = order.map((lane) => {
    if (lane === last) return 'more';
    const { device } = lanes[lane] as (typeof lanes)[number];
    const same = order.filter((each) => each !== last && lanes[each]?.device === device);
    const name = device === '' ? 'slot' : device;
    return same.length > 1 || device === '' ? `${name} (${same.indexOf(lane) + 1})` : name;
  });
  return { laneOf: found.map((lane) => rank.get(lane) as number), labels: labels.toReversed(), hasMore };
}

function byName(a = '', b = ''): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
