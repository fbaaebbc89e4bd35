import type { ExecutorModule } from '../registry.js';
import { makeLocalControl } from './control.js';
import { leftoversInFiles } from './discard-unkept.js';
import { makeLocalExecutor } from './executor.js';

const control = makeLocalControl();

export const local: ExecutorModule = {
  open: (setup) => makeLocalExecutor(setup),
  control,
  leftovers: leftoversInFiles(control),
  submission: () => null,
};
