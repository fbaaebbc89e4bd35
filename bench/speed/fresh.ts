import { askAndTell } from './ask-and-tell.js';
import { builtLibrary } from './built.js';

// A process of its own, as Rustuna has one: prints the seconds of asking and telling with the library as it is built.
// Arguments: sampler, trials, floats.
const [sampler, trials, floats] = process.argv.slice(2);
const { createStudy } = await builtLibrary();
const size = { trials: Number(trials), floats: Number(floats) };
const { wallSeconds } = await askAndTell(sampler as 'tpe', 'memory:', size, { create: createStudy });
console.log(JSON.stringify({ seconds: wallSeconds }));
