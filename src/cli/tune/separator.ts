import { usageError } from '../../core/errors.js';

/** `-{level:int:1..9}`: an option that no command of hpo has. */
const BRACES = /^-.*\{[A-Za-z_][\w.-]*[:}]/;

/** @throws HpoError tune.no-separator (usage) where the command that is tuned was given without `--` before it. */
export function checkSeparator([name, ...words]: readonly string[]): void {
  if (name !== 'tune' || words.includes('--')) return;
  const odd = words.find((word) => BRACES.test(word));
  if (odd === undefined) return;
  throw usageError(
    'tune.no-separator',
    `expected the command after --, got ${odd} among the options of hpo tune`,
    {
      fix: 'hpo tune --minimize METRIC -- COMMAND ...',
    },
  );
}
