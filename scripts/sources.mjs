// Lets the scripts import src as it is, without a build: `await source('core/rng.ts')`.
import { register } from 'tsx/esm/api';

register();

/** Returns the module of a file below src. */
export function source(path) {
  return import(new URL(`../src/${path}`, import.meta.url).href);
}
