import type { OptionSpecs } from '../../core/component-options.js';

/** The options of `executor: ray`. */
export const RAY_OPTIONS: OptionSpecs = {
  address: {
    type: 'text',
    default: '',
    help: "URL of Ray's dashboard, such as http://head:8265; default: RAY_API_SERVER_ADDRESS",
  },
  cpus: {
    type: 'number',
    default: 1,
    min: 0,
    help: 'CPUs of each trial; with 0 of everything all trials start at once, on the head node',
  },
  gpus: { type: 'number', default: 0, min: 0, help: 'GPUs of each trial; 0.5: two trials share one' },
  mem: { type: 'size', default: 0, help: 'memory of each trial, such as 2GiB' },
  resources: { type: 'mapping', default: {}, help: 'custom resources of each trial, such as {tag: 1}' },
  runtime_env: {
    type: 'mapping',
    default: {},
    help: "Ray's runtime environment of each trial, such as {pip: [numpy]}",
  },
  working_dir: {
    type: 'text',
    default: '',
    help: 'folder that is sent to the cluster, in which trials run; default: the folder of hpo, which the nodes then must see',
  },
};
