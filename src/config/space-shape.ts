import { isMapping } from '../core/mapping.js';
import type { Diagnostics } from './diagnostics.js';
import {
  constraintSchema,
  nameSchema,
  parameterSchema,
  parametersSchema,
  type RawParameter,
  STORED,
} from './parameter-schema.js';
import { noteNested } from './parameters.js';
import type { ValidatedSpace } from './space.js';
import { STRUCTURED_SCHEMAS } from './structured-schemas.js';
import { check } from './zod-diagnostics.js';

/** Returns the parameters and constraints of the file that have the right shape; notes the rest. */
export function checkSpace(raw: { readonly [key: string]: unknown }, mistakes: Diagnostics): ValidatedSpace {
  const stored = raw.parameters === STORED;
  const nested = noteNested(raw.parameters, mistakes);
  const given = isMapping(raw.parameters) ? Object.entries(raw.parameters) : null;
  const rest = given?.filter(([name]) => !nested.has(name));
  if (!stored && !(rest && rest.length === 0 && nested.size > 0)) {
    const parameters = rest ? Object.fromEntries(rest) : raw.parameters;
    check(parametersSchema, parameters, mistakes, ['parameters']);
  }
  check(STRUCTURED_SCHEMAS.constraints, raw.constraints, mistakes, ['constraints']);
  const sound = (rest ?? []).flatMap(([name, value]): [string, RawParameter][] => {
    const { data } = parameterSchema.safeParse(value);
    return data === undefined || !nameSchema.safeParse(name).success ? [] : [[name, data]];
  });
  const constraints = Array.isArray(raw.constraints) ? raw.constraints : [];
  return {
    parameters: Object.fromEntries(sound),
    names: (given ?? []).map(([name]) => name),
    constraints: new Map(
      constraints.flatMap((value, i) => {
        const { data } = constraintSchema.safeParse(value);
        return data === undefined ? [] : [[i, data] as const];
      }),
    ),
  };
}
