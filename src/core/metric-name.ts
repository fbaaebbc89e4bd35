/** A letter that begins a metric's name, and a character of the rest, as in a class of a regular expression. */
const FIRST = 'A-Za-z_%\\u00b5';
const REST = `${FIRST}0-9.:/@-`;
const MAX_LENGTH = 255;
const NAME = new RegExp(`^[${FIRST}][${REST}]*$`);

/** A metric's name within a longer regular expression, with either character for micro. */
export const METRIC_NAME = `[${FIRST}\\u03bc][${REST.replace(/-$/, '\\u03bc-')}]{0,${MAX_LENGTH - 1}}?`;
/** What a name may be made of, for messages. */
export const METRIC_NAME_CHARACTERS = 'letters, digits, \u00b5 and _.:/@%-';

/**
 * Returns a text with one character for micro, the micro sign. Keyboards write U+00B5 or the Greek letter U+03BC, which look the
 * same: two spellings are one metric.
 */
export function withMicroSign(text: string): string {
  return text.replaceAll('\u03bc', '\u00b5');
}

/** Returns which of these names a text means: itself, or the one with the other character for micro; else the text. */
export function nameAmong(names: readonly string[], text: string): string {
  if (names.includes(text)) return text;
  const plain = withMicroSign(text);
  return names.find((name) => withMicroSign(name) === plain) ?? text;
}

/** Returns the name of the metric that a text means; null when no metric can have it. */
export function metricName(text: string): string | null {
  if (text.length > MAX_LENGTH) return null;
  if (NAME.test(text)) return text;
  return text.includes('\u03bc') ? metricName(withMicroSign(text)) : null;
}

/** Returns whether a text can be the name of a metric: at most 255 of the characters A-Z a-z 0-9 µ _ % . : / @ -, no digit first. */
export function isMetricName(text: string): boolean {
  return metricName(text) !== null;
}
