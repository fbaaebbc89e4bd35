/** Significant digits of a number in a reason. */
const DIGITS = 6;

/** Returns a number with at most six significant digits. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(DIGITS)));
}

/** Returns two numbers that a reason compares, in full where six digits would make them equal. */
export function comparedTexts(a: number, b: number): readonly [string, string] {
  const texts = [numberText(a), numberText(b)] as const;
  return texts[0] === texts[1] && a !== b ? [String(a), String(b)] : texts;
}
