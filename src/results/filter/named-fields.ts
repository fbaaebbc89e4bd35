import { withMicroSign } from '../../core/metric-name.js';
import type { Direction } from '../../core/trial.js';
import type { FilterField, FilterFields } from './filter.js';

export type FieldKind = 'trial' | 'objective' | 'parameter' | 'metric' | 'attribute';

/** One value of every trial, by the name that people write. */
export type NamedField<Row> = FilterField<Row> & {
  readonly name: string;
  readonly kind: FieldKind;
  /** The order in which the better value comes first; null where no value is better. */
  readonly direction: Direction | null;
};

const PREFIXES: Readonly<Record<FieldKind, string>> = {
  trial: 'trial.',
  objective: 'objective.',
  parameter: 'param.',
  metric: 'metric.',
  attribute: 'attr.',
};

/**
 * The names under which trials are shown, sorted and filtered, wherever that is. Where one name means several things, the
 * parameter comes first, then the objective, the metric, what hpo knows of a trial, and what a program has stored with it; a prefix
 * (`param.`, `objective.`, `metric.`, `trial.`, `attr.`) tells them apart. `objective` is the first objective, whatever its name.
 */
export class NamedFields<Row, F extends NamedField<Row> = NamedField<Row>> implements FilterFields<Row> {
  readonly known: readonly string[];
  readonly #byName = new Map<string, F>();

  constructor(fields: readonly F[]) {
    const order: readonly FieldKind[] = ['parameter', 'objective', 'metric', 'trial', 'attribute'];
    const sorted = order.flatMap((kind) => fields.filter((field) => field.kind === kind));
    for (const field of sorted) this.#byName.set(`${PREFIXES[field.kind]}${field.name}`, field);
    for (const field of sorted) this.#alias(field.name, field);
    this.#alias('number', this.#byName.get('trial.trial'));
    this.#alias('duration_s', this.#byName.get('trial.time'));
    this.#alias(
      'objective',
      fields.find(({ kind }) => kind === 'objective'),
    );
    for (const [name, field] of [...this.#byName]) this.#alias(withMicroSign(name), field);
    this.known = [...new Set(sorted.map(({ name }) => name))];
  }

  find(name: string): F | null {
    return this.#byName.get(name) ?? this.#byName.get(withMicroSign(name)) ?? null;
  }

  /** Names that are taken keep their meaning. */
  #alias(name: string, field: F | undefined): void {
    if (field && !this.#byName.has(name)) this.#byName.set(name, field);
  }
}
