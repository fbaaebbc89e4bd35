import type * as library from '../../src/index.js';
import { askAndTell } from './ask-and-tell.js';

// A process of its own, as Rustuna has one: prints the seconds of asking and telling with the library as it is built, which
// runs without the help of a compiler. Arguments: sampler, trials, floats.
const [sampler, trials, floats] = process.argv.slice(2);
const built = new URL('../../dist/index.js', import.meta.url).href;
const { createStudy } = (await import(built)) as typeof library;
const size = { trials: Number(trials), floats: Number(floats) };
const { wallSeconds } = await askAndTell(sampler as 'tpe', 'memory:', size, { create: createStudy });
console.log(JSON.stringify({ seconds: wallSeconds }));
