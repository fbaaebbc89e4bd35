import type { Transfer, TransferSource } from '../core/earlier-studies.js';
import { usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import { shownValue } from '../core/shown-value.js';

const FIX = "transfer: { studies: ['a', { study: 'b', storage: 'old.db' }], weight: 'auto' }";

/** Returns what a program says of earlier studies; null without any. @throws HpoError study.transfer (usage). */
export function transferOf(given: unknown): Transfer | null {
  if (given === undefined) return null;
  if (!isMapping(given) || !Array.isArray(given.studies) || given.studies.length === 0)
    throw wrong('a list of studies', given);
  const odd = Object.keys(given).find((name) => name !== 'studies' && name !== 'weight');
  if (odd !== undefined) throw wrong('studies and weight', odd);
  const { weight = 'auto' } = given;
  if (weight !== 'auto' && !(typeof weight === 'number' && weight >= 0 && weight <= 1))
    throw wrong("weight to be 'auto' or a number from 0 to 1", weight);
  const sources = given.studies.map(toSource);
  const texts = sources.map((source) => JSON.stringify(source));
  const twice = sources.find((_, k) => texts.indexOf(texts[k] as string) < k);
  if (twice) throw wrong('each study once', twice.study);
  return { weight, sources, earlier: [] };
}

function toSource(given: unknown): TransferSource {
  if (typeof given === 'string' && given !== '') return { study: given, storage: null };
  if (isMapping(given) && typeof given.study === 'string' && given.study !== '') {
    const { study, storage = null, ...rest } = given;
    const [odd] = Object.keys(rest);
    if (odd !== undefined) throw wrong('study and storage', odd);
    if (storage === null || typeof storage === 'string') return { study, storage };
  }
  throw wrong('the name of a study, or { study, storage }', given);
}

function wrong(expected: string, got: unknown) {
  return usageError('study.transfer', `expected ${expected} in transfer, got ${shownValue(got)}`, {
    fix: FIX,
  });
}
