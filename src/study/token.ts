import { randomUUID } from 'node:crypto';

/** Returns random text that marks the processes of one attempt. */
export function newToken(): string {
  return randomUUID();
}
