import type { Section } from '../bench.js';

/**
 * What was tried in the scheduler `auto`, each on the families of 27 epochs: geometric means over seven tables, beside the
 * scheduler without it. Few seeds, and one seed is no evidence: these tell a direction.
 */
export const triedSection: Section = {
  title: 'What was tried',
  text: 'Changes of the scheduler auto and of what gp sees of its trials, compared once on the tables of 27 epochs: the best loss as a geometric mean over the seven tables, beside the same search without the change. With so few seeds only large differences mean something.',
  header: ['change', 'after 540 epochs', 'after 1350 epochs', 'seeds', 'kept'],
  rows: [
    [
      'every second new trial runs to its end, after ten full trainings',
      '2 % higher',
      '10 % lower',
      '4',
      'yes',
    ],
    [
      'on MNIST: and trials with the reports of a complete one count as results',
      '9 % lower',
      '13 % lower',
      '4',
      'yes',
    ],
    [
      'every third new trial runs to its end, from the fourth complete trial on',
      '8 % higher',
      '8 % higher',
      '1',
      'no',
    ],
    [
      'a trial continues from a probability of 3 / (n + 1) on, not 0.3',
      '50 % higher',
      '16 % higher',
      '1',
      'no',
    ],
    ['gp sees what a trial shows by its own curve alone', '2 % higher', '3 % higher', '4', 'no'],
    ['gp sees no forecasts, only complete trials', '25 % higher', '1 % lower', '3', 'no'],
  ],
};
