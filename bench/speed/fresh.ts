import { askAndTell } from './ask-and-tell.js';

// A process of its own, as Rustuna has one: prints the seconds of asking and telling. Arguments: sampler, trials, floats.
const [sampler, trials, floats] = process.argv.slice(2);
const { wallSeconds } = await askAndTell(sampler as 'tpe', 'memory:', {
  trials: Number(trials),
  floats: Number(floats),
});
console.log(JSON.stringify({ seconds: wallSeconds }));
