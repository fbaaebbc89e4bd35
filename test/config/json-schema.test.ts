import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { sweepJsonSchema } from '../../src/config/json-schema.js';

describe('cfg/sweep.schema.json', () => {
  it('is what the source makes of it (else: npm run generate)', async () => {
    expect(await readFile('cfg/sweep.schema.json', 'utf8')).toBe(sweepJsonSchema());
  });

  it('is named by the sweep file, accepts it, and refuses a changed one', async () => {
    const text = await readFile('cfg/sweep.yaml', 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./sweep.schema.json');
    const schema = z.fromJSONSchema(JSON.parse(sweepJsonSchema()));
    const sweep = parse(text);
    expect(schema.safeParse(sweep).success).toBe(true);
    expect(schema.safeParse({ ...sweep, objectve: 1 }).success).toBe(false);
    expect(schema.safeParse({ ...sweep, sampler: { name: 'grid', candidates: 3 } }).success).toBe(false);
    expect(schema.safeParse({ ...sweep, parameters: { a: { mni: 1 } } }).success).toBe(false);
  });

  it('describes every key that an editor may show', () => {
    const mute: string[] = [];
    let keys = 0;
    const walk = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(value as object)) {
            keys += 1;
            if (!property.description) mute.push(`${path}.${name}`);
          }
        }
        walk(value, `${path}.${key}`);
      }
    };
    walk(JSON.parse(sweepJsonSchema()), '');
    expect(mute).toEqual([]);
    expect(keys).toBeGreaterThan(30);
  });
});
