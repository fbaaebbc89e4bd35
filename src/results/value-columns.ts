import type { ParamValue } from '../core/distribution.js';
import { byteColumn, floatColumn, intColumn } from './column.js';

/** One parameter of every trial: a number, or another value by its place in `others`. */
export class ParamColumn {
  /** NaN where the parameter is not active, and where its value is no number. */
  readonly numbers = floatColumn();
  /** -1 where the value is a number or the parameter is not active, else an index of `others`. */
  readonly codes = intColumn(-1);
  /** NaN is among them where a trial has it: so it differs from a parameter that is not active. */
  readonly others: ParamValue[] = [];
  readonly #places = new Map<ParamValue, number>();

  /** Returns whether the row had another value before. */
  set(row: number, value: ParamValue | undefined): boolean {
    const isNumber = typeof value === 'number' && !Number.isNaN(value);
    const isOther = this.numbers.set(row, isNumber ? value : Number.NaN);
    return this.codes.set(row, isNumber || value === undefined ? -1 : this.#codeOf(value)) || isOther;
  }

  /** Undefined where the parameter is not active. */
  get(row: number): ParamValue | undefined {
    const code = this.codes.get(row);
    if (code >= 0) return this.others[code];
    const value = this.numbers.get(row);
    return Number.isNaN(value) ? undefined : value;
  }

  /** Makes the column at least this long. */
  resize(length: number): void {
    this.numbers.resize(length);
    this.codes.resize(length);
  }

  /** Sets what the codes stand for. */
  restore(others: readonly ParamValue[]): void {
    for (const value of others) this.#codeOf(value);
  }

  #codeOf(value: ParamValue): number {
    let place = this.#places.get(value);
    if (place === undefined) {
      place = this.others.push(value) - 1;
      this.#places.set(value, place);
    }
    return place;
  }
}

/** One metric of every trial. A reported NaN and a metric nobody reported differ in `isReported`. */
export class MetricColumn {
  readonly values = floatColumn();
  readonly isReported = byteColumn();

  /** Returns whether the row had another value before. */
  set(row: number, value: number | undefined): boolean {
    const isOther = this.values.set(row, value ?? Number.NaN);
    return this.isReported.set(row, value === undefined ? 0 : 1) || isOther;
  }

  /** Makes the column at least this long. */
  resize(length: number): void {
    this.values.resize(length);
    this.isReported.resize(length);
  }

  /** Undefined where nobody reported it. */
  get(row: number): number | undefined {
    return this.isReported.get(row) === 0 ? undefined : this.values.get(row);
  }
}

/** A text of every trial, by its place in `texts`: many trials have the same one. */
export class TextColumn {
  /** -1 where a row has none. */
  readonly codes = intColumn(-1);
  readonly texts: string[] = [];
  readonly #places = new Map<string, number>();

  /** Returns whether the row had another text before. */
  set(row: number, text: string | null): boolean {
    return this.codes.set(row, text === null ? -1 : this.#codeOf(text));
  }

  get(row: number): string | null {
    return this.texts[this.codes.get(row)] ?? null;
  }

  has(row: number): boolean {
    return this.codes.get(row) >= 0;
  }

  /** Sets what the codes stand for. */
  restore(texts: readonly string[]): void {
    for (const text of texts) this.#codeOf(text);
  }

  #codeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.texts.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }
}
