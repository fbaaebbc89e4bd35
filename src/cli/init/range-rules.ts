/** A range around a default, or choices. */
export type Range =
  | { readonly min: number; readonly max: number; readonly log?: boolean }
  | { readonly values: readonly number[] };

export type RangeRule = {
  /** Null: with this default there is nothing to search. */
  readonly range: (value: number | null, isInt: boolean) => Range | null;
  /** A fraction even where its default is written as a whole number. */
  readonly isFloat: boolean;
};

type Entry = { readonly words: RegExp; readonly rule: RangeRule };

/** Words that make something else of the name: `lr_scheduler`, `eval_batch_size`, `dropout_seed`. */
const NOT_A_SIZE =
  /^(?:test|eval|val|valid|validation|predict|inference|input|output|in|out|img|image|vocab|data|window)$/;

const scaled = (low: number, high: number, otherwise: Range): RangeRule => ({
  isFloat: true,
  range: (value) =>
    value === null || value <= 0 ? otherwise : { min: value / low, max: value * high, log: true },
});
const between = (min: number, max: number): RangeRule => ({
  isFloat: true,
  range: (value) => ({ min: Math.min(min, value ?? min), max: Math.max(max, value ?? max) }),
});
const whole = (min: number, max: number): RangeRule => ({
  isFloat: false,
  range: (value) => ({
    min: Math.min(min, value !== null && value > 0 ? value : min),
    max: Math.max(max, value ?? max),
  }),
});

const learningRate = scaled(10, 10, { min: 1e-5, max: 0.1, log: true });
const decay = scaled(10, 10, { min: 1e-6, max: 1e-2, log: true });
const share = between(0, 0.5);
const layers: RangeRule = {
  isFloat: false,
  range: (value) => ({ min: 1, max: Math.max(4, (value ?? 2) * 2) }),
};
const size: RangeRule = {
  isFloat: false,
  range: (value) => {
    const around = value === null || value <= 0 ? 64 : value;
    return { min: Math.max(1, Math.round(around / 4)), max: Math.round(around * 4), log: true };
  },
};
/** Multiples of each other: heads and groups divide them. */
const width: RangeRule = { isFloat: false, range: (value) => doubled(value, 64, [0.5, 1, 2]) };
const batch: RangeRule = { isFloat: false, range: (value) => doubled(value, 32, [0.5, 1, 2, 4]) };

function doubled(value: number | null, otherwise: number, factors: readonly number[]): Range {
  const around = value === null || value <= 0 ? otherwise : value;
  const values = factors.map((factor) => Math.round(around * factor)).filter((each) => each > 0);
  return { values: [...new Set(values)] };
}

/** The first rule that matches the name's words, joined by `_`, counts. */
const RULES: readonly Entry[] = [
  // A momentum of 0 is a choice as well, where it is the default.
  { words: /(?:^|_)momentum$/, rule: between(0.5, 0.99) },
  { words: /(?:^|_)beta_?1$/, rule: between(0.8, 0.99) },
  { words: /(?:^|_)beta_?2$/, rule: between(0.9, 0.9999) },
  {
    words:
      /(?:^|_)(?:lr|learning_rate|learningrate|step_size|stepsize|lr0|base_lr|max_lr|init_lr)(?:_(?:init|max|base|initial|\w))?$/,
    rule: learningRate,
  },
  {
    words: /^lr_(?:g|d|gen|disc|actor|critic|head|backbone|encoder|decoder|body|policy|value)$/,
    rule: learningRate,
  },
  { words: /(?:^|_)(?:eta|eta0)$/, rule: learningRate },
  {
    words:
      /(?:^|_)(?:weight_decay|wd|weightdecay|l2|l1|l2_reg|l1_reg|reg|regularization|reg_lambda|reg_alpha|ridge|weight_penalty)$/,
    rule: decay,
  },
  {
    words:
      /(?:^|_)(?:drop|dropout|drop_?out|drop_?rate|drop_?prob|drop_?path|dropoutrate)(?:_(?:rate|prob|p|ratio|path|probability))?$/,
    rule: share,
  },
  { words: /dropout/, rule: share },
  { words: /(?:^|_)(?:label_smoothing|smoothing)$/, rule: between(0, 0.3) },
  { words: /(?:^|_)(?:mixup|cutmix)(?:_alpha)?$/, rule: between(0, 1) },
  { words: /(?:^|_)(?:warmup_ratio|warmup_fraction|warmup_proportion)$/, rule: between(0, 0.2) },
  {
    words:
      /(?:^|_)(?:clip|grad_clip|gradient_clip|clip_norm|max_grad_norm|grad_norm|clip_grad|gradient_clip_val)$/,
    rule: {
      isFloat: true,
      range: (value) =>
        value === null || value <= 0 ? null : { min: value / 10, max: value * 10, log: true },
    },
  },
  { words: /(?:^|_)(?:batch_size|batchsize|bs|batch|minibatch_size|train_batch_size)$/, rule: batch },
  {
    words:
      /(?:^|_)(?:d_?model|embed|embed_dim|embedding_dim|embedding_size|emb_dim|emb_size|n_embd|model_dim|dim|channels|base_channels|n_channels|n_filters|num_filters|filters)$/,
    rule: width,
  },
  {
    words:
      /(?:^|_)(?:num_layers|n_layers?|layers?|nlayers?|num_hidden_layers|n_hidden_layers|hidden_layers|depth|num_blocks|n_blocks|blocks)$/,
    rule: layers,
  },
  {
    words:
      /(?:^|_)(?:hidden|hidden_size|hidden_dim|hidden_units|hidden_nodes|hidden_channels|hidden_features|nhid|n_hidden|num_hidden|units|n_units|num_units|neurons|n_neurons|width|dense|dense_units|ff_dim|ffn_dim|mlp_dim|latent|latent_dim|latent_size|dim_feedforward|fc|fc_size|fc_dim|rnn_size|lstm_units)$/,
    rule: size,
  },
  { words: /(?:^|_)(?:hidden|units|neurons|fc|dense|filters|channels)\d*$/, rule: size },
  {
    words: /(?:^|_)kernel_size$/,
    rule: {
      isFloat: false,
      range: (value) => ({ values: [...new Set([3, 5, 7, value ?? 3])].toSorted((a, b) => a - b) }),
    },
  },
  { words: /(?:^|_)(?:n_estimators|num_trees|n_trees|trees|num_estimators)$/, rule: size },
  { words: /(?:^|_)max_depth$/, rule: whole(2, 12) },
  { words: /(?:^|_)num_leaves$/, rule: size },
  { words: /(?:^|_)(?:min_samples_leaf|min_child_samples|min_data_in_leaf)$/, rule: whole(1, 20) },
  { words: /(?:^|_)min_samples_split$/, rule: whole(2, 20) },
  { words: /(?:^|_)min_child_weight$/, rule: between(1, 10) },
  {
    words:
      /(?:^|_)(?:subsample|colsample_bytree|colsample_bylevel|feature_fraction|bagging_fraction|max_samples)$/,
    rule: between(0.5, 1),
  },
  { words: /(?:^|_)(?:n_neighbors|neighbors)$/, rule: whole(1, 30) },
  { words: /^c$/, rule: scaled(100, 100, { min: 0.01, max: 100, log: true }) },
  {
    words:
      /(?:^|_)(?:optimizer|optimiser|optim|opt|activation|act|nonlinearity|scheduler|lr_scheduler|lr_schedule|schedule|norm|normalization|pooling|init|initialization|solver|kernel|booster)$/,
    rule: { isFloat: true, range: () => null },
  },
];

/** What a search must leave alone: budgets, seeds, paths, devices, workers, output, data. */
const EXCLUDED = new Set(
  `epoch epochs seed seeds random state path paths dir directory file files folder output out outdir save load checkpoint checkpoints
  ckpt resume root data dataset datasets config cfg project entity run exp experiment tag tags group url host port rank world local
  device devices gpu gpus cuda accelerator mps cpu cpus worker workers thread threads jobs njobs proc procs verbose verbosity log logs
  logging logger loglevel interval freq frequency every quiet debug profile version classes labels vocab precision dtype compile amp fp16
  bf16 fold folds split splits samples limit patience timeout backend backends nodes eps epsilon tol tolerance threshold fraction trials
  trial iteration iterations iters iter steps maxiter start end from name id mode task print show plot report wandb mlflow
  tensorboard api key token user password eval evaluate test val valid validation predict inference subset num_samples examples size
  length len seq max_len maxlen image img input in std mean download cache pretrained init_from weights wall time deadline budget max min
  step repeat repeats`.split(/\s+/),
);

/** Returns the rule of a name; null when none knows it. */
export function ruleFor(words: readonly string[]): RangeRule | null {
  if (words.some((word) => NOT_A_SIZE.test(word))) return null;
  const name = words.join('_');
  return RULES.find((entry) => entry.words.test(name))?.rule ?? null;
}

/** Returns whether a name is that of a budget, a seed, a path, a device and the like. */
export function isExcluded(words: readonly string[]): boolean {
  return (
    words.some((word) => EXCLUDED.has(word)) ||
    words.some((word) => /(?:path|dir|file|seed|epochs?)$/.test(word))
  );
}

/** Returns whether an option says how long a run trains. */
export function isEpochs(words: readonly string[]): boolean {
  const name = words.join('_');
  return (
    /^(?:(?:num|n|max|total|train|training|nb|max_train|num_train)_)*(?:epochs?|nepochs?|maxepochs?|numepochs?)$/.test(
      name,
    ) || name === 'ep'
  );
}

/** Returns whether an option counts training steps. */
export function isSteps(words: readonly string[]): boolean {
  return /^(?:(?:num|n|max|total|train|training|max_train)_)*(?:steps|iters|iterations|updates|rounds|boost_round|boost_rounds)$/.test(
    words.join('_'),
  );
}

/** Returns whether an option is the seed of a run. */
export function isSeed(words: readonly string[]): boolean {
  return /^(?:(?:random|rng|np|torch|global|manual)_)?(?:seed|random_state)$/.test(words.join('_'));
}
