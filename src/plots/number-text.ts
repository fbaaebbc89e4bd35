/** Significant digits of a number that people read. */
const DIGITS = 4;

/** Returns a number with at most 4 significant digits (or as many as given): `0.0123`, `12340`, `1.2e-7`, `nan`, `-inf`. */
export function numberText(value: number, digits = DIGITS): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return String(value + 0);
  if (size >= 1e7 || size < 1e-4) return shortExponent(Number(value.toPrecision(digits)).toExponential());
  return String(Number(value.toPrecision(digits)));
}

/** Returns a text for each number, with as many digits as it takes that no two are equal. */
export function distinctTexts(values: readonly number[]): string[] {
  for (let digits = DIGITS; digits < 17; digits++) {
    const texts = values.map((value) => numberText(value, digits));
    if (new Set(texts).size === new Set(values).size) return texts;
  }
  return values.map((value) => numberText(value, 17));
}

/** Returns a count with a comma between thousands: `100,000`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Returns `1 trial`, `2 trials`. */
export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function shortExponent(text: string): string {
  return text.replace('e+', 'e');
}
