import { withMicroSign } from '../../core/metric-name.js';

/** What the name of a metric says: whether less or more is better, and on which data it was measured. */
export type Direction = 'minimize' | 'maximize';
export type Split = 'val' | 'test' | 'train' | 'none';

const LESS =
  words(`loss losses err error errors mse rmse mae mape smape rmsle msle medae nll bce ce xent entropy crossentropy
  logloss perplexity ppl wer cer ter fid kid kl kld divergence bpc bpd bpb brier ece regret cost distance hinge huber deviation
  latency mdape wape mase nmse nrmse elbo_loss residual misclassification l1 l2 lpips deviance quantile pinball objective fpr fnr eer`);
const MORE =
  words(`acc accuracy accuracies top top1 top5 f1 f2 fbeta fscore auc auroc auprc aucpr roc map map50 ap ar precision recall
  bleu sacrebleu rouge rouge1 rouge2 rougel meteor cider spice score scores reward rewards return returns r2 rsquared iou miou jaccard
  dice psnr ssim ndcg mrr hit hits hitrate kappa mcc corr correlation pearson spearman kendall specificity sensitivity tpr tnr
  likelihood loglikelihood elbo success em exactmatch winrate throughput fitness purity silhouette nmi ari bleurt chrf
  comet acc1 acc5 prec1 prec5 prec`);
/** With one of these, a number says how a run went, not how good its result is. */
const OTHER =
  words(`lr rate eta time times sec secs second seconds duration elapsed epoch epochs step steps iter iters iteration
  iterations batch batches params parameters memory mem gpu cpu seed norm scale size version num count samples tokens images
  mfu flops wd decay momentum dropout patience workers lambda alpha remaining`);
const SPLITS: Readonly<Record<string, Split>> = {
  val: 'val',
  valid: 'val',
  validation: 'val',
  dev: 'val',
  eval: 'val',
  evaluation: 'val',
  cv: 'val',
  holdout: 'val',
  oof: 'val',
  test: 'test',
  testing: 'test',
  train: 'train',
  training: 'train',
  tr: 'train',
};
/** The first word makes a maximum of what is a loss: scikit-learn's scorers. */
const NEGATED = words('neg negative minus');

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}

/** Returns the words of a name in lower case: `valLoss`, `val/loss` and `val-loss` are `val`, `loss`. */
export function wordsOf(name: string): string[] {
  return withMicroSign(name)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/r\^?2|r²/g, 'r2')
    .split(/[^a-z0-9\u00b5]+/)
    .filter((word) => word !== '');
}

/** Returns whether less or more of a metric is better, by its name; null when the name does not say it. */
export function directionOf(name: string): Direction | null {
  const all = wordsOf(name);
  const known = all.flatMap((word): Direction[] => {
    const bare = word.replace(/\d+$/, '');
    if (LESS.has(word) || LESS.has(bare)) return ['minimize'];
    return MORE.has(word) || MORE.has(bare) ? ['maximize'] : [];
  });
  // The last word names the thing: an error rate of a score is an error.
  const direction = known.at(-1);
  if (direction === undefined) return null;
  const isLogLikelihood = /likelihood/.test(name.toLowerCase());
  if (NEGATED.has(all[0] ?? '')) return isLogLikelihood || direction === 'maximize' ? 'minimize' : 'maximize';
  return direction;
}

/** Returns whether a name is that of a result, which a search can make better. */
export function isResultName(name: string): boolean {
  const all = wordsOf(name);
  if (directionOf(name) === null) return false;
  const last = all.filter((word, at) => at === 0 || !isMoment(word)).at(-1) ?? '';
  // An error rate and a success rate are results, a learning rate is none.
  return last === 'rate' || !OTHER.has(last) || LESS.has(last) || MORE.has(last);
}

/** Lightning adds these to names: loss_step, loss_epoch. */
function isMoment(word: string): boolean {
  return word === 'step' || word === 'epoch';
}

/** Returns the data that a metric was measured on, by its name. */
export function splitOf(name: string): Split {
  for (const word of wordsOf(name)) {
    const split = Object.hasOwn(SPLITS, word) ? SPLITS[word] : undefined;
    if (split !== undefined) return split;
  }
  return 'none';
}

/** Returns a word of a line that says on which data its metrics were measured; null for any other word. */
export function splitWord(word: string): Split | null {
  const lower = word.toLowerCase();
  return Object.hasOwn(SPLITS, lower) ? (SPLITS[lower] ?? null) : null;
}

const SPLIT_ORDER: readonly Split[] = ['val', 'test', 'none', 'train'];

/** Orders metrics by how well they serve as an objective: validation first, losses first, the best so far last. */
export function rankAsObjective(name: string): number {
  const all = wordsOf(name);
  const isBest = all.includes('best') ? 100 : 0;
  const isLoss = directionOf(name) === 'minimize' ? 0 : 1;
  const isOfStep = all.at(-1) === 'step' ? 5 : 0;
  return isBest + SPLIT_ORDER.indexOf(splitOf(name)) * 10 + isLoss + isOfStep;
}

/** Two names of one metric: abbreviations are written out. */
const LONG: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  valid: 'val',
  validation: 'val',
  eval: 'val',
  dev: 'val',
  ppl: 'perplexity',
  err: 'error',
  training: 'train',
  auroc: 'auc',
};

/** Returns whether two names mean the same metric: `val_acc` and `Validation accuracy`. */
export function isSameMetric(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

/** Returns whether a name is that of the wanted metric on some data: `test_acc` for a wanted `accuracy`. */
export function isOnSomeData(name: string, wanted: string): boolean {
  const bare = wordsOf(name).filter((word) => splitWord(word) === null);
  return splitOf(wanted) === 'none' && isSameMetric(bare.join('_'), wanted);
}

function canonical(name: string): string {
  return wordsOf(name)
    .filter((word) => !['average', 'avg', 'mean', 'score', 'final'].includes(word))
    .map((word) => (Object.hasOwn(LONG, word) ? LONG[word] : word))
    .join('_');
}
