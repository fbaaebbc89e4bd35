import { fileURLToPath } from 'node:url';
import { collect } from '../search/collect.js';
import { FIRST_REFERENCE_SEED, families } from './families.js';

/** `npx tsx bench/tune/collect-optuna.ts`: records the installed Optuna's figures for the families; half an hour. */
await collect(fileURLToPath(new URL('./data/optuna4.json', import.meta.url)), families, FIRST_REFERENCE_SEED);
