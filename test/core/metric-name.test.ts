import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMetricLimit } from '../../src/core/metric-constraints.js';
import { isMetricName, metricName, withMicroSign } from '../../src/core/metric-name.js';
import { formatMetric, parseLine } from '../../src/protocol/metric.js';

const character = fc.constantFrom(...'aZ_09.:/@%-\u00b5\u03bc \u00e9=<');
const name = fc.string({ unit: character, minLength: 1, maxLength: 6 });

test("a name is that of a limit, and of a METRIC line, exactly where it is a metric's", () => {
  fc.assert(
    fc.property(name, (text) => {
      const isName = isMetricName(text);
      expect(parseMetricLimit(`${text}<=1`)?.metric === text).toBe(isName);
      const parsed = parseLine(`METRIC ${text}=1`);
      const isRead =
        parsed.kind === 'metric' &&
        parsed.entries.length === 1 &&
        parsed.entries[0]?.[0] === metricName(text);
      expect(isRead).toBe(isName);
    }),
  );
});

test('what is written is read back under one name for both characters for micro', () => {
  fc.assert(
    fc.property(name.filter(isMetricName), (text) => {
      const known = withMicroSign(text);
      expect(metricName(text)).toBe(known);
      expect(metricName(known)).toBe(known);
      expect(parseLine(formatMetric({ [text]: 1 }))).toEqual({ kind: 'metric', entries: [[known, 1]] });
    }),
  );
});

test('a name has at most 255 characters', () => {
  expect([isMetricName('\u03bc'.repeat(255)), isMetricName('\u03bc'.repeat(256))]).toEqual([true, false]);
});
