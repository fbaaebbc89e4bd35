// The finished study that pages about results start from: 20 trials of a trainer in shell, with two metrics.
export const STUDY = {
  'train.sh': `for epoch in 1 2 3; do
  awk -v rate="$1" -v opt="$2" -v layers="$3" -v epoch="$epoch" 'BEGIN {
    loss = (rate * 10 - 0.3) ^ 2 + layers / 10 + (opt == "adam" ? 0 : 0.2) + 1 / epoch
    print "METRIC epoch=" epoch " loss=" loss " accuracy=" 1 / (1 + loss)
  }'
done
`,
  'train.py': 'print("METRIC loss=1")\n',
  'cfg/sweep.yaml': `study: digits
objective: { metric: loss, direction: minimize }
trainer: { command: [sh, train.sh, "\${lr}", "\${opt}", "\${layers}"] }
sampler: tpe
trials: 20
devices: cpu
max_concurrent: 2
parameters:
  lr: { min: 0.001, max: 0.1, log: true }
  opt: [sgd, adam]
  layers: { min: 1, max: 4, int: true }
`,
};
