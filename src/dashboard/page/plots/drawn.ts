import { signal } from '@preact/signals';

/** How many plots have been drawn since the page was opened: the page is ready when all of them are. */
export const drawn = signal(0);
