import * as z from 'zod';
import { schemaOfKind } from './setting-schema.js';
import { SETTINGS, type Setting } from './settings.js';
import { plainText } from './settings-text.js';
import { STRUCTURED_SCHEMAS } from './structured-schemas.js';

/**
 * Returns the schema of a sweep file, built from a table of settings: dotted keys become nested mappings. `structured`: the
 * schemas of settings that are mappings or lists.
 */
export function makeSweepSchema(
  settings: readonly Setting[],
  structured: Readonly<Record<string, z.ZodType>>,
): z.ZodObject<Record<string, z.ZodType>> {
  return z.strictObject(shapeBelow(settings, structured, ''));
}

const MAPPINGS: Readonly<Record<string, string>> = {
  logging: 'What is written about the sweep',
  'logging.local': 'Files on this machine',
  'logging.tensorboard': 'Event files for TensorBoard',
};

/** The sweep file, key by key. Only `parameters` is required, and an objective with your own trainer. */
export const sweepSchema = makeSweepSchema(SETTINGS, STRUCTURED_SCHEMAS);

function shapeBelow(
  settings: readonly Setting[],
  structured: Readonly<Record<string, z.ZodType>>,
  prefix: string,
): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {};
  for (const setting of settings) {
    if (!setting.key.startsWith(prefix)) continue;
    const [name = '', ...below] = setting.key.slice(prefix.length).split('.');
    if (below.length === 0) shape[name] = schemaOfSetting(setting, structured);
    else
      shape[name] ??= z
        .strictObject(shapeBelow(settings, structured, `${prefix}${name}.`))
        .prefault({})
        .describe(MAPPINGS[`${prefix}${name}`] ?? name);
  }
  return shape;
}

function schemaOfSetting(setting: Setting, structured: Readonly<Record<string, z.ZodType>>): z.ZodType {
  const { key, kind, default: byDefault } = setting;
  const about = plainText(setting);
  if (kind.type === 'structured') {
    const schema = structured[key];
    if (!schema) throw new TypeError(`expected a schema for the structured setting ${key}`);
    return schema.describe(about);
  }
  const schema = schemaOfKind(kind);
  return (byDefault === null ? schema.optional() : schema.default(byDefault as never)).describe(about);
}
