import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EVENTS, eventsTable } from '../../../src/loggers/events/table.js';

test('docs/events.md has the table that the source makes (else: npm run generate)', () => {
  expect(readFileSync('docs/events.md', 'utf8')).toContain(`\n${eventsTable()}\n`);
});

test('every event and field is described, on one line of the table', () => {
  const rows = eventsTable().split('\n');
  for (const [event, { about, fields }] of Object.entries(EVENTS)) {
    const row = rows.find((each) => each.startsWith(`| \`${event}\` |`)) ?? '';
    expect(row).toContain(about);
    for (const name of Object.keys(fields)) expect(row).toContain(`\`${name}\`: `);
    expect(row.split('|')).toHaveLength(5);
  }
});
