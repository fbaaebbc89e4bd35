import { closeSync, openSync } from 'node:fs';

/** What a running sweep may need to open at any time, beside its trials' logs: tables, /proc, the database. */
const SPARE = 32;

/**
 * Makes sure that this many more files can be opened. A sweep that starts trials until no file can be opened could not even
 * see how they end.
 * @throws the system's error EMFILE or ENFILE.
 */
export function checkSpareFiles(): void {
  const open: number[] = [];
  try {
    while (open.length < SPARE) open.push(openSync('/dev/null', 'r'));
  } finally {
    for (const each of open) closeSync(each);
  }
}
