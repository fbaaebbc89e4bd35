// Makes source maps smaller: they keep the line of each place, which a stack trace shows, and lose columns and names.
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Returns a source map (JSON) with one segment for each part of a generated line that comes from one line of a source. */
export function toLineMap(json) {
  const map = JSON.parse(json);
  const before = { source: 0, line: 0 };
  const written = { source: 0, line: 0 };
  const mappings = map.mappings.split(';').map((generated) => {
    let column = 0;
    let last = '';
    let writtenColumn = 0;
    return generated
      .split(',')
      .filter(Boolean)
      .flatMap((segment) => {
        const [columns, sources, lines] = decode(segment);
        column += columns;
        // Code that no source has.
        if (sources === undefined) return [];
        before.source += sources;
        before.line += lines;
        const place = `${before.source}:${before.line}`;
        if (place === last) return [];
        last = place;
        const text = [column - writtenColumn, before.source - written.source, before.line - written.line, 0];
        writtenColumn = column;
        Object.assign(written, before);
        return [text.map(encode).join('')];
      })
      .join(',');
  });
  return JSON.stringify({ ...map, names: [], mappings: mappings.join(';') });
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
