import type { Diagnostics } from './diagnostics.js';
import type { CallSettings, RunSettings, SettingFlags } from './run-settings.js';
import { decode, schemaOfKind } from './setting-schema.js';
import { SETTINGS, type Setting } from './settings.js';
import { check } from './zod-diagnostics.js';

type Mapping = { readonly [key: string]: unknown };

/**
 * Returns the settings of a call with a schema by kind, from a sweep file, with defaults filled in. Notes what is wrong with
 * each; null stands for an invalid one. `at` returns the value at a dotted key, undefined where there is none.
 */
export function callSettings(
  at: (key: string) => unknown,
  mistakes: Diagnostics,
  settings: readonly Setting[] = SETTINGS,
): CallSettings & Mapping {
  const values = settings.flatMap((setting) => {
    const { key, kind, property, default: byDefault } = setting;
    if (property === null) return [];
    const given = at(key) ?? byDefault;
    const raw = given === null ? null : check(schemaOfKind(kind), given, mistakes, key.split('.'));
    return [[property, decode(kind, raw)] as const];
  });
  return Object.fromEntries(values) as CallSettings & Mapping;
}

/** Returns the settings with those of flags applied. A number of retries keeps the waits of the file. */
export function withFlags(
  run: RunSettings,
  flags: SettingFlags,
  settings: readonly Setting[] = SETTINGS,
): RunSettings {
  const given: Mapping = flags;
  const changed = settings.flatMap(({ property, flag }) => {
    const value = flag === null ? undefined : given[camelCase(flag.name)];
    return property === null || value === undefined ? [] : [[property, value] as const];
  });
  return { ...run, ...Object.fromEntries(changed) };
}

/** Returns `trialTimeout` for `trial-timeout`, as commander names options. */
export function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
