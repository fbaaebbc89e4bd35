import { timeAsks } from './ask-and-tell.js';
import { builtLibrary } from './built.js';

// A process of its own: prints the milliseconds of each ask with the library as it is built. Arguments: sampler, trials.
const [sampler, trials] = process.argv.slice(2);
const { createStudy } = await builtLibrary();
console.log(JSON.stringify(await timeAsks(sampler as 'gp', Number(trials), createStudy)));
