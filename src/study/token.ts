import { randomUUID } from 'node:crypto';

/** Random text that marks an attempt's processes. */
export function newToken(): string {
  return randomUUID();
}
