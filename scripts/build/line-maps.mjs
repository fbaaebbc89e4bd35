// Makes source maps smaller: they keep the line of each place, which a stack trace shows, and lose columns and names.
/** What a transform names code that no source has. */
const NO_SOURCE = '<stdin>';
/** Columns are rounded down to multiples of this: the place of a call is before the last three characters of a line's code. */
const GRAIN = 4;
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * Returns a source map (JSON) with one segment for each part of a generated line that comes from one line of a source. `lost`: how
 * many characters each generated line has lost since, and after which columns.
 */
export function toLineMap(json, lost = []) {
  const map = JSON.parse(json);
  const sources = map.sources.filter((source) => source !== NO_SOURCE);
  const places = map.sources.map((source) => sources.indexOf(source));
  const before = { source: 0, line: 0 };
  const written = { source: 0, line: 0 };
  const mappings = map.mappings.split(';').map((generated, k) => {
    let column = 0;
    let last = '';
    let writtenColumn = 0;
    return generated
      .split(',')
      .filter(Boolean)
      .flatMap((segment) => {
        const [columns, ofSource, ofLine] = decode(segment);
        column += columns;
        if (ofSource === undefined) return [];
        before.source += ofSource;
        before.line += ofLine;
        const now = { source: places[before.source], line: before.line };
        const place = `${now.source}:${now.line}`;
        if (now.source < 0 || place === last) return [];
        last = place;
        const exact = (lost[k] ?? []).reduce(
          (sum, [from, count]) => (from < column ? sum - count : sum),
          column,
        );
        const at = exact - (exact % GRAIN);
        const text = [at - writtenColumn, now.source - written.source, now.line - written.line, 0];
        writtenColumn = at;
        Object.assign(written, now);
        return [text.map(encode).join('')];
      })
      .join(',');
  });
  return JSON.stringify({ ...map, sources, names: [], mappings: mappings.join(';') });
}

/** Numbers in base 64 with five bits a digit; the lowest bit is the sign. */
function decode(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function encode(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const bits = rest & 31;
    rest >>= 5;
    text += DIGITS[rest > 0 ? bits | 32 : bits];
  } while (rest > 0);
  return text;
}
