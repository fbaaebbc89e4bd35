import type { ExecutorModule } from '../registry.js';
import { makeLocalControl } from './control.js';
import { makeLocalExecutor } from './executor.js';

export const local: ExecutorModule = {
  open: (setup) => makeLocalExecutor(setup),
  control: makeLocalControl(),
  submission: () => null,
};
