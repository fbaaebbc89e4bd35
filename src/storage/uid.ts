import { randomBytes } from 'node:crypto';

/** Random text that names a study wherever its file goes: 32 hexadecimal digits. */
export function newUid(): string {
  return randomBytes(16).toString('hex');
}
