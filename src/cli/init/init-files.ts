/** The files that `hpo init` writes: a commented sweep file, and a trainer of ten lines. */
export type Language = 'python' | 'node';

export type InitFile = { readonly path: string; readonly text: string };

/**
 * Returns the files of an example; `out`: where its sweep file goes. One that was asked for in Python uses hpo.py; `language` null: one in
 * Python that needs nothing.
 */
export function initFiles(language: Language | null, out: string): InitFile[] {
  if (language === 'node')
    return [
      { path: 'train.mjs', text: NODE },
      { path: out, text: sweep('[node, train.mjs, "${overrides}"]') },
    ];
  const isGuest = language === 'python';
  return [
    { path: 'train.py', text: isGuest ? GUEST : PYTHON },
    { path: out, text: sweep(isGuest ? '[python3, train.py]' : '[python3, train.py, "${overrides}"]') },
  ];
}

const GUEST = `import hpo

# The parameters that the sweep file names; by hand the script runs with these.
run = hpo.run(x=0.0, rate=0.1, opt="sgd")
x = (run.load() or run.params)["x"]  # a trial that was paused continues

for epoch in run.steps(5):
    x -= run.params.rate * 2 * (x - 3)  # a step down (x - 3)^2; your training goes here
    loss = (x - 3) ** 2 + (0.1 if run.params.opt == "sgd" else 0.0)
    run.report(epoch=epoch, loss=loss)
    run.save({"x": x})
`;

const PYTHON = `import sys

# hpo passes one key=value argument for each parameter; HPO_SEED and HPO_DEVICE are in the environment.
p = dict(arg.split("=", 1) for arg in sys.argv[1:])
x, rate, opt = float(p["x"]), float(p["rate"]), p["opt"]

for epoch in range(1, 6):
    x -= rate * 2 * (x - 3)  # a step down (x - 3)^2; your training goes here
    loss = (x - 3) ** 2 + (0.1 if opt == "sgd" else 0.0)
    print(f"METRIC epoch={epoch} loss={loss:.6f}", flush=True)
`;

const NODE = `// hpo passes one key=value argument for each parameter; HPO_SEED and HPO_DEVICE are in the environment.
const p = Object.fromEntries(process.argv.slice(2).map((arg) => arg.split(/=(.*)/s)));
let x = Number(p.x);

for (let epoch = 1; epoch <= 5; epoch++) {
  x -= Number(p.rate) * 2 * (x - 3); // a step down (x - 3)^2; your training goes here
  const loss = (x - 3) ** 2 + (p.opt === 'sgd' ? 0.1 : 0);
  console.log(\`METRIC epoch=\${epoch} loss=\${loss.toFixed(6)}\`);
}
`;

function sweep(command: string): string {
  return `# A search. \`hpo optimize\` runs it, and resumes it later.
study: first

# What to make better: a metric that the trainer prints, as in \`METRIC epoch=1 loss=0.5\`.
objective:
  metric: loss
  direction: minimize # or maximize
  reduce: last # or best, or mean: how a trial's value comes from its epochs

# The program to run for each trial: a list, never a shell string. \${overrides} becomes one key=value argument for
# each parameter; \${args} (--key=value), \${params_json}, \${seed} and \${config} work too.
trainer:
  command: ${command}

sampler: auto # or grid, random, qmc, tpe, gp, cmaes, nsga2
scheduler: auto # continues the trials that are worth it; none trains all in full; asha, median, ...
trials: 20 # in all; a grid needs no number

parameters:
  x: { min: -5, max: 5 }
  rate: { min: 0.01, max: 0.3, log: true }
  opt: [sgd, adam]
  # layers: { min: 1, max: 4, int: true }
  # momentum: { values: [0, 0.9], when: { opt: sgd } } # only where opt is sgd

# repeats: 3 # three seeds of each configuration
# max_concurrent: 4
# devices: auto # or cpu, or a list of GPUs

logging:
  local:
    metrics: [loss]
    csv: cfg/runs.csv
`;
}
