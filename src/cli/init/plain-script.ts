import { wordsOf } from '../../protocol/detect/metric-names.js';
import type { Definition } from './definition.js';
import type { SearchPlan } from './plan.js';
import { type Proposal, propose, proposeAll } from './propose.js';
import { isExcluded } from './range-rules.js';
import type { ScriptCommand } from './script-command.js';
import { plainOption } from './script-option.js';

/** Without anything known, a search over a learning rate shows how a parameter is written. */
const EXAMPLE = 'lr';

/**
 * Returns a plan for a script without options that a search could vary. Its parameters are named after the numbers that the source
 * assigns, and the script finds them in HPO_PARAMS; `todo` says how. A script that calls hpo.run() names them itself.
 */
export function planWithoutOptions(
  { name, language, program, words }: ScriptCommand,
  { constants, facts, given }: Definition,
  plan: SearchPlan,
): { readonly plan: SearchPlan; readonly todo: readonly string[] } {
  const run = plan.command.length > 0 ? plan.command : [...program, ...words];
  if (given !== null) {
    const named = Object.entries(given).map(([parameter, value]) => plainOption(parameter, value));
    const found = proposeAll(named, facts);
    const missing = `name the parameters of ${name} here, those of hpo.run(); lr is an example`;
    const proposals = found.length > 0 ? found : [example()];
    return { plan: { ...plan, proposals, command: run }, todo: found.length > 0 ? [] : [missing] };
  }
  const known = Object.entries(constants).flatMap(([constant, value]): Proposal[] => {
    if (isExcluded(wordsOf(constant))) return [];
    const proposal = propose(plainOption(constant, value), facts);
    return proposal?.isKnown ? [proposal] : [];
  });
  const proposals = known.length > 0 ? known : [example()];
  const names = proposals.map(({ option }) => option.name);
  const todo = [
    `${name} has no options for these parameters. It finds them in the environment, as JSON in HPO_PARAMS${language === 'python' ? `; below its constants: ${PYTHON}` : ` (${names.join(', ')})`}`,
  ];
  return {
    plan: { ...plan, proposals, command: run },
    todo,
  };
}

const PYTHON = 'import json, os; globals().update(json.loads(os.environ.get("HPO_PARAMS", "{}")))';

function example(): Proposal {
  return {
    option: plainOption(EXAMPLE, 0.01),
    parameter: { min: 0.001, max: 0.1, log: true, int: false },
    start: 0.01,
    isKnown: true,
  };
}
