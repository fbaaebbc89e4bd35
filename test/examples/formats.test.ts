import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { formats } from '../../src/protocol/formats/registry.js';
import { describeWithReal, findPython } from '../support/real-part.js';
import { ExampleCopy, ROOT } from './run-example.js';

const copies: ExampleCopy[] = [];
afterEach(() => {
  for (const copy of copies.splice(0)) copy.remove();
});

describeWithReal('python', 'examples/formats', () => {
  test.each(['katib', 'syne-tune', 'guild'])('a trainer written for %s runs as it is', (format) => {
    const copy = new ExampleCopy('formats');
    copies.push(copy);
    const { exitCode, output } = copy.hpo(
      ['optimize', '--sweep', `cfg/${format}.yaml`],
      findPython() as string,
    );
    expect(output).toContain(`study ${format} is finished: 3 complete`);
    expect(output).not.toContain('warning');
    expect(exitCode).toBe(0);
    const rows = copy.rows();
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      const weight = 1 - (1 - Number(row.lr)) ** 5;
      expect(Number(row.accuracy)).toBeCloseTo(weight, 3);
      expect(Number(row.objective)).toBeCloseTo((1 - weight) ** 2, 5);
      expect(row).toMatchObject({ epochs: '5', loss: row.objective });
      // Nothing else that stands in its lines became a column.
      expect(Object.keys(row).filter((name) => /batch|st_|metric\./.test(name))).toEqual([]);
    }
  });
});

test('docs/formats.md tells of every format', () => {
  const page = readFileSync(join(ROOT, 'docs', 'formats.md'), 'utf8');
  for (const { name } of formats) expect(page).toContain(`\`${name}\``);
});
