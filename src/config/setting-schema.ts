import * as z from 'zod';
import type { ComponentInfo } from '../core/component-options.js';
import { checkpointsSchema, toCheckpointPolicy } from './checkpoints.js';
import { componentSchema } from './component-schema.js';
import { devicesSchema, toDevices } from './devices.js';
import { durationOrZeroSchema, durationSchema, toMs } from './duration-schema.js';
import { pathSchema } from './logging-schema.js';
import { retriesSchema } from './retries.js';
import type { SettingKind } from './setting-kinds.js';
import { sizeSchema, toBytes } from './size-schema.js';
import { toSpending } from './spending.js';
import { spendingSchema } from './spending-schema.js';
import { studyNameSchema } from './study-name.js';

/** Returns the schema of a setting's value in a sweep file. @throws TypeError for a structured one, which has its own. */
export function schemaOfKind(kind: SettingKind): z.ZodType {
  switch (kind.type) {
    case 'count':
      return kind.max === null ? z.int().min(kind.min) : z.int().min(kind.min).max(kind.max);
    case 'budget':
      return z.int().min(1);
    case 'spending':
      return spendingSchema;
    case 'number':
      return z.number();
    case 'duration':
      return kind.zero ? durationOrZeroSchema : durationSchema;
    case 'size':
      return sizeSchema;
    case 'devices':
      return devicesSchema;
    case 'retries':
      return retriesSchema;
    case 'checkpoints':
      return checkpointsSchema;
    case 'boolean':
      return z.boolean();
    case 'path':
      return pathSchema;
    case 'choice':
      return z.enum(kind.values as [string, ...string[]]);
    case 'component':
      return componentSchema(kind.registry as readonly ComponentInfo[], kind.nameKey);
    case 'name':
      return studyNameSchema;
    case 'text':
      return z.string().min(1);
    case 'structured':
      throw new TypeError('expected a setting with a schema by kind, got a structured one');
  }
}

/** Returns a checked value of a sweep file in hpo's form: milliseconds, bytes, one form of devices. */
export function decode(kind: SettingKind, raw: unknown): unknown {
  if (raw === null || raw === undefined) return null;
  switch (kind.type) {
    case 'duration':
      return toMs(raw as number | string);
    case 'size':
      return toBytes(raw as number | string);
    case 'devices':
      return toDevices(raw as z.output<typeof devicesSchema>);
    case 'checkpoints':
      return toCheckpointPolicy(raw as z.output<typeof checkpointsSchema>);
    case 'budget':
      return { count: raw, more: false };
    case 'spending':
      return toSpending(raw as z.output<typeof spendingSchema>);
    default:
      return raw;
  }
}
