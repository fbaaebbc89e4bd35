import { createHash } from 'node:crypto';

/** All but what every version of MLflow allows in names of metrics and parameters. */
const FORBIDDEN = /[^\p{L}\p{Nd}_.\-/ ]/gu;
const LIMITS = { name: 250, param: 6000, tag: 5000 } as const;

/**
 * Returns the name of a metric or parameter as MLflow accepts it. A character that MLflow forbids becomes `_xHEX_`, its code
 * point; a `_` that begins such a text itself becomes `_x5F_`. So names stay different and can be read back. A name of more
 * than 250 characters is cut and ends in a hash.
 */
export function mlflowName(name: string): string {
  const plain = name
    .replaceAll(/_(?=x[0-9A-F]+[^\p{L}\p{Nd}\- ])/gu, '_x5F_')
    .replaceAll(FORBIDDEN, escaped)
    // A name is a path there: `a//b`, `/a`, `..` and the like would mean another one.
    .replaceAll(/(?<![^/])\.(?=[./]|$)|^\/|\/(?=\/)|\/$/g, escaped);
  if (plain.length <= LIMITS.name) return plain;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${cut(plain, LIMITS.name - 17)}_${hash}`;
}

function escaped(character: string): string {
  return `_x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}_`;
}

/** Returns the value of a parameter, cut where it is longer than MLflow accepts. */
export function paramValue(text: string): string {
  return storable(text, LIMITS.param);
}

/** Returns the value of a tag, cut where it is longer than MLflow accepts. */
export function tagValue(text: string): string {
  return storable(text, LIMITS.tag);
}

/** Databases refuse NUL characters and halves of surrogate pairs. */
function storable(text: string, limit: number): string {
  const plain = text
    .slice(0, 2 * limit)
    .replaceAll('\0', '\uFFFD')
    .replaceAll(/\p{Cs}/gu, '\uFFFD');
  return plain.length <= limit ? plain : `${cut(plain, limit - 1)}…`;
}

/** Returns the first `length` UTF-16 units, without half a character at the end. */
function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
