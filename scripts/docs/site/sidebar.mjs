const page = (text, path) => ({ text, link: `/docs/${path}` });

export const sidebar = [
  {
    text: 'Start',
    items: [
      page('First success in two minutes', 'start'),
      page('Tutorial', 'tutorial'),
      page('Every page by task', 'README'),
    ],
  },
  {
    text: 'Guides',
    items: [
      page('Start from your script', 'init'),
      page('Tune any command', 'tune'),
      page('After the sweep', 'results'),
      page('Many GPUs', 'guides/many-gpus'),
      page('Checkpoints', 'checkpoints'),
      page('With Optuna', 'optuna'),
      page("hpo's samplers in Optuna", 'optuna-sampler'),
      page('With W&B', 'wandb'),
      page('With TensorBoard', 'tensorboard'),
      page('With MLflow', 'mlflow'),
      page('Notifications', 'notifications'),
      page('Clusters', 'clusters'),
      page('Agents', 'guides/agents'),
      page('Python', 'python'),
      page('Several objectives', 'pareto'),
      page('The page', 'dashboard'),
      page('Control a running sweep', 'control'),
      page('When something does not work', 'doctor'),
    ],
  },
  {
    text: 'Use cases',
    items: [
      page('Flags of a server', 'guides/serving'),
      page('Prompts and retrieval', 'guides/rag'),
      page('Settings of a database', 'guides/database'),
      page('Compiler flags', 'guides/compiler-flags'),
      page('PyTorch with promotion', 'guides/pytorch-promotion'),
      page('A Node service', 'guides/node-service'),
      page('GitHub Actions', 'guides/github-actions'),
    ],
  },
  {
    text: 'Reference',
    items: [
      page('Commands', 'reference/cli'),
      page('Sweep files', 'configuration'),
      page('METRIC lines', 'metric'),
      page('Formats of other tools', 'formats'),
      page('Library', 'library'),
      page('Samplers', 'samplers'),
      page('Pruners', 'pruners'),
      page('Stopping', 'stopping'),
      page('Plots', 'plots'),
      page('Events', 'events'),
      page('Running', 'running'),
      page('Storage', 'storage'),
      page('Reliability', 'reliability'),
      page('The built-in trainer', 'trainer'),
    ],
  },
  {
    text: 'Choose',
    items: [page('Comparison', 'comparison'), page('FAQ', 'faq'), page('Glossary', 'glossary')],
  },
  {
    text: 'Migrate',
    items: [
      page('From Optuna', 'migration/optuna'),
      page('From W&B Sweeps', 'migration/wandb'),
      page('From Ray Tune', 'migration/ray-tune'),
      page('Import files', 'import'),
    ],
  },
];
