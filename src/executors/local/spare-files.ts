import { closeSync, openSync } from 'node:fs';

/** What a running sweep may have to open at any time beside its trials' logs: tables, /proc, the database. */
const SPARE = 32;

/**
 * Makes sure that so many more files can be opened: a sweep that starts trials until none can be would not even see how
 * they end.
 * @throws the system's error EMFILE or ENFILE otherwise.
 */
export function checkSpareFiles(): void {
  const open: number[] = [];
  try {
    while (open.length < SPARE) open.push(openSync('/dev/null', 'r'));
  } finally {
    for (const each of open) closeSync(each);
  }
}
