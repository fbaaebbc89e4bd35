/** Files by which tests ask for a Ray cluster and learn of it. */
export const WANTED = 'wanted';
export const STARTED = 'started.json';
