import type { Scalar, ScriptOption } from './script-option.js';

/** What the source of a script shows beside its options. */
export type SourceFacts = {
  /** The short texts in it: names of optimizers that it compares with. */
  readonly words: readonly string[];
  /** It looks optimizers up by name. */
  readonly looksUpOptimizers: boolean;
};

/** Names that are usual for an option, in lower case. */
const KNOWN: readonly { readonly option: RegExp; readonly names: readonly string[] }[] = [
  {
    option: /^(?:optimizer|optimiser|optim|opt)$/,
    names: [
      'sgd',
      'adam',
      'adamw',
      'rmsprop',
      'adagrad',
      'adadelta',
      'adamax',
      'nadam',
      'radam',
      'lion',
      'lamb',
      'asgd',
      'lbfgs',
      'momentum',
      'nesterov',
    ],
  },
  {
    option: /^(?:activation|act|nonlinearity)$/,
    names: [
      'relu',
      'gelu',
      'silu',
      'swish',
      'tanh',
      'elu',
      'selu',
      'leaky_relu',
      'leakyrelu',
      'sigmoid',
      'mish',
      'logistic',
      'softplus',
    ],
  },
  {
    option: /^(?:scheduler|schedule|sched)$/,
    names: [
      'none',
      'constant',
      'cosine',
      'linear',
      'step',
      'exponential',
      'plateau',
      'onecycle',
      'polynomial',
    ],
  },
];
/** Those that every library of optimizers has. */
const USUAL = ['sgd', 'adam', 'adamw', 'rmsprop'];
/** Classes of torch.optim and of Keras. */
const CLASSES: Readonly<Record<string, string>> = {
  sgd: 'SGD',
  adam: 'Adam',
  adamw: 'AdamW',
  rmsprop: 'RMSprop',
};

/**
 * Returns the choices of a text option whose definition lists none: those that its help or the source of the script names. Null
 * when they are not known, since a wrong one would fail.
 */
export function choicesFor(
  words: readonly string[],
  option: ScriptOption,
  { words: inSource, looksUpOptimizers }: SourceFacts,
): Scalar[] | null {
  if (option.kind !== 'text' && option.kind !== 'unknown') return null;
  const known = KNOWN.find((entry) => words.some((word) => entry.option.test(word)));
  if (known === undefined) return null;
  const isKnown = (word: string) => known.names.includes(word.toLowerCase());
  const value = typeof option.default === 'string' ? option.default : null;
  if (value !== null && !isKnown(value)) return null;
  const inHelp = option.help.match(/[A-Za-z_]+/g) ?? [];
  const found = [
    ...new Set([...(value === null ? [] : [value]), ...[...inHelp, ...inSource].filter(isKnown)]),
  ];
  const alike = value === null ? found : found.filter((word) => isLikeWritten(word, value));
  if (alike.length > 1) return alike;
  const isOptimizer = known.names.includes('adamw');
  if (!isOptimizer || !looksUpOptimizers || value === null) return null;
  return USUAL.map((name) => (value === value.toLowerCase() ? name : (CLASSES[name] ?? name)));
}

/** `Adam` is the class beside the name `adam`: only one of them is a value of the option. */
function isLikeWritten(word: string, value: string): boolean {
  return (word === word.toLowerCase()) === (value === value.toLowerCase());
}
