import type { Section } from '../bench.js';

/** What was tried in the scheduler `auto`, once each and with few seeds: it tells a direction. Nothing runs it again. */
export const triedSection: Section = {
  title: 'What was tried',
  text: 'Changes of the scheduler auto and of what gp sees of its trials, measured once each: the best loss as a geometric mean over the tables of 27 epochs, beside the same search without the change. With so few seeds only large differences mean something. No change that was kept touches what happens before ten full trainings are spent. Forecasts are still too certain where a search has come to a crowd of like configurations; full trainings beside them bound the harm, at the price of the steps that they take.',
  header: ['change', 'beside the search without it', 'seeds', 'kept'],
  rows: [
    [
      'every second new trial runs to its end, after ten full trainings',
      '2 % higher after 540 epochs, 10 % lower after 1350',
      '4',
      'yes',
    ],
    [
      'and trials with the reports of a complete one count as results (MNIST alone)',
      '9 % lower after 540 epochs, 13 % lower after 1350',
      '4',
      'yes',
    ],
    [
      'every third new trial runs to its end, from the fourth complete trial on',
      '13 % higher after 270 epochs, 8 % higher after 1350',
      '1',
      'no',
    ],
    [
      'a trial continues from a probability of 3 / (n + 1) on, not 0.3',
      '50 % higher after 540 epochs, 16 % higher after 1350',
      '1',
      'no',
    ],
    ['the same with 0.1', '1 % lower after 270 epochs', '7', 'no'],
    ['the first rung is step 1, not 3', '34 % higher after 270 epochs', '7', 'no'],
    ['the first rung is step 9', '6 % higher after 270 epochs', '7', 'no'],
    [
      'gp sees what a trial shows by its own curve, without those of its neighbors',
      '2 % higher after 540 epochs, 3 % higher after 1350',
      '4',
      'no',
    ],
    [
      'gp sees no forecasts, only complete trials',
      '25 % higher after 540 epochs, 1 % lower after 1350',
      '3',
      'no',
    ],
    [
      'gp sees what a trial would come to by its own curve, and half as many first looks (five tables)',
      '5 % lower after 270 epochs; later not measured',
      '8',
      'no',
    ],
  ],
};
