import { describe, expect, test } from 'vitest';
import { detectMetrics, metricsLine } from '../../../src/protocol/detect/detect.js';
import { directionOf, isResultName } from '../../../src/protocol/detect/metric-names.js';
import { makeLineParser } from '../../../src/protocol/formats/registry.js';
import { type StepPoint, StepTracker } from '../../../src/protocol/steps.js';

/** Returns what a sweep with the detected format reads from an output, as `name@step=value`; a final value has the step `end`. */
function read(output: string, wanted: string | null = null): { metrics: string[]; points: string[] } {
  const found = detectMetrics(output, wanted);
  if (found === null) return { metrics: [], points: [] };
  const parse = makeLineParser(found.format);
  const tracker = new StepTracker();
  const points = output.split(/[\r\n]+/).flatMap((line): readonly StepPoint[] => {
    const parsed = parse(line);
    return parsed.kind === 'log' || parsed.entries.length === 0 ? [] : tracker.track(parsed.entries).points;
  });
  return {
    metrics: found.metrics.map(({ name, direction }) => `${direction} ${name}`),
    points: points.map(({ name, step, value }) => `${name}@${step ?? 'end'}=${value}`),
  };
}

const STYLES: readonly (readonly [style: string, output: string, metrics: string[], points: string[]])[] = [
  [
    'a loss and a percentage in one line',
    'epoch 1: loss=0.51 acc 81.2%\nepoch 3: loss=0.31 acc 91.2%\n',
    ['minimize loss', 'maximize acc'],
    ['loss@1=0.51', 'acc@1=81.2', 'loss@3=0.31', 'acc@3=91.2'],
  ],
  [
    'the MNIST example of PyTorch: the step is on the lines of another metric',
    'Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.29\nTest set: Average loss: 0.0474, Accuracy: 9846/10000 (98%)\n',
    ['minimize test_loss', 'maximize test_accuracy'],
    ['test_loss@1=0.0474', 'test_accuracy@1=9846'],
  ],
  [
    'a progress bar of Keras, with carriage returns and colors',
    'Epoch 1/2\n\u001b[1m  1/100\u001b[0m [>..] - ETA: 5s - loss: 2.3\b\b\r100/100 [===] - 1s 2ms/step - loss: 0.9\nEpoch 2/2\n 50/100 [=>.] - loss: 1.3\r100/100 [===] - loss: 0.7\n',
    ['minimize loss'],
    ['loss@1=0.9', 'loss@2=0.7'],
  ],
  [
    'a progress bar of Lightning: only the finished one counts',
    'Epoch 0:  50%|██| 5/10 [00:00<00:00, 50it/s, v_num=0, train_loss=0.9]\rEpoch 0: 100%|████| 10/10 [00:00<00:00, 50it/s, v_num=0, train_loss=0.5, val_loss=0.45]\rEpoch 1:  50%|██| 5/10 [train_loss=0.4, val_loss=0.45]\rEpoch 1: 100%|████| 10/10 [train_loss=0.3, val_loss=0.35]\n',
    ['minimize val_loss', 'minimize train_loss'],
    ['train_loss@0=0.5', 'val_loss@0=0.45', 'train_loss@1=0.3', 'val_loss@1=0.35'],
  ],
  [
    "Lightning's table of a test",
    '│         test_acc          │    0.899  │\n│         test_loss         │    0.3    │\n',
    ['minimize test_loss', 'maximize test_acc'],
    ['test_acc@1=0.899', 'test_loss@1=0.3'],
  ],
  [
    'lines of JSON',
    'start\n{"epoch": 1, "train_loss": 0.5, "val_loss": 0.6, "lr": 0.1}\n',
    ['minimize val_loss', 'minimize train_loss'],
    ['train_loss@1=0.5', 'val_loss@1=0.6', 'lr@1=0.1'],
  ],
  [
    'dicts of Python, as Hugging Face prints them: an epoch that is no whole number is no step',
    "{'loss': 0.6, 'learning_rate': 5e-05, 'epoch': 0.5}\n{'eval_loss': 0.41, 'eval_accuracy': 0.9, 'epoch': 1.0}\n",
    ['minimize eval_loss', 'maximize eval_accuracy', 'minimize loss'],
    ['loss@1=0.6', 'eval_loss@1=0.41', 'eval_accuracy@1=0.9'],
  ],
  [
    'train and validation in one line, told apart by the words before',
    '[Epoch 1] train: loss=0.3 acc=0.9 | val: loss=0.4 acc=0.8\n',
    ['minimize val_loss', 'maximize val_acc', 'minimize train_loss', 'maximize train_acc'],
    ['train_loss@1=0.3', 'train_acc@1=0.9', 'val_loss@1=0.4', 'val_acc@1=0.8'],
  ],
  [
    'a step in brackets, as XGBoost and LightGBM print it',
    "[10]\tvalid_0's binary_logloss: 0.31\n",
    ['minimize val_binary_logloss'],
    ['val_binary_logloss@10=0.31'],
  ],
  [
    'a table with a line of names, as fastai prints it',
    'epoch     train_loss  valid_loss  accuracy  time\n0         0.69        0.50        0.80      00:03\n',
    ['minimize valid_loss', 'maximize accuracy', 'minimize train_loss'],
    ['train_loss@0=0.69', 'valid_loss@0=0.5', 'accuracy@0=0.8'],
  ],
  [
    'a sentence',
    'Accuracy of the network on the 10000 test images: 54 %\n',
    ['maximize test_accuracy'],
    ['test_accuracy@1=54'],
  ],
  ['one number at the end', 'Final accuracy 93.1%\n', ['maximize final_accuracy'], ['final_accuracy@1=93.1']],
  ['a word between', 'The test accuracy is 0.93.\n', ['maximize test_accuracy'], ['test_accuracy@1=0.93']],
  ['a value that is no number', 'epoch 1 loss nan\n', ['minimize loss'], ['loss@1=NaN']],
  ['METRIC lines, which need no pattern', 'METRIC epoch=1 foo=2\n', ['minimize foo'], ['foo@1=2']],
];

describe('the metrics of an output', () => {
  test.each(STYLES)('are found and read: %s', (_, output, metrics, points) => {
    const found = read(output);
    expect(found.metrics).toEqual(metrics);
    expect(found.points.toSorted()).toEqual(points.toSorted());
  });

  test('are none where numbers have other names', () => {
    expect(detectMetrics('hello\n42\nlr 0.1\nerror: 3 files\ntime=1.2s\n')).toBeNull();
  });

  test('are read under the wanted name', () => {
    expect(read('epoch 3: loss=0.31 acc 91.2%\n', 'accuracy').points).toContain('accuracy@3=91.2');
    expect(read('Validation Loss: 0.42\n', 'val_loss').points).toEqual(['val_loss@1=0.42']);
    expect(read('Test accuracy: 0.9\n', 'acc').points).toEqual(['acc@1=0.9']);
    // A metric of the user's own has any name.
    expect(read('yield: 12.5\n', 'yield').points).toEqual(['yield@1=12.5']);
    expect(detectMetrics('epoch 3: loss=0.31\n', 'val_bleu')).toBeNull();
  });

  test('make one line of a sweep file, with quotes doubled', () => {
    const found = detectMetrics("{'eval_loss': 0.41}\n");
    expect(metricsLine(found?.format ?? { format: '' })).toMatch(
      /^metrics: \{ format: regex, pattern: '.*\[''?.*' \}$/,
    );
  });
});

test.each([
  ['val_loss', 'minimize'],
  ['val_acc', 'maximize'],
  ['perplexity', 'minimize'],
  ['RMSE', 'minimize'],
  ['f1_score', 'maximize'],
  ['roc_auc', 'maximize'],
  ['BLEU-4', 'maximize'],
  ['wer', 'minimize'],
  ['error_rate', 'minimize'],
  ['neg_mean_squared_error', 'maximize'],
  ['validation_0-logloss', 'minimize'],
  ['Acc@1', 'maximize'],
  ['mAP', 'maximize'],
] as const)('%s is to %s', (name, direction) => {
  expect([directionOf(name), isResultName(name)]).toEqual([direction, true]);
});

test.each(['learning_rate', 'epoch', 'loss_scale', 'grad_norm', 'time', 'lr'])('%s is no result', (name) => {
  expect(isResultName(name)).toBe(false);
});

test('a wanted metric may have µ, - and % in its name', () => {
  expect(read('METRIC total_\u03bcs=15200\n', 'total_\u03bcs')).toEqual({
    metrics: ['minimize total_\u00b5s'],
    points: ['total_\u00b5s@1=15200'],
  });
  expect(read('total_\u03bcs: 15200\n', 'total_\u00b5s').points).toEqual(['total_\u00b5s@1=15200']);
  expect(read('epoch 1\nloss-1: 0.5\nepoch 2\nloss-1: 0.4\n', 'loss-1').points).toEqual([
    'loss-1@1=0.5',
    'loss-1@2=0.4',
  ]);
  expect(read('acc%: 93.5\n', 'acc%').points).toEqual(['acc%@1=93.5']);
});
