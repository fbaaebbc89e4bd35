import { forkPython, type PythonRan } from './python.js';
import { findTorchPython } from './real-part.js';

/** An optimizer imports as much as PyTorch itself. */
const PREPARED = 'import torch; torch.optim.Adam([torch.zeros(1)])';

/** Runs a command line of the Python that has PyTorch, on the CPU. */
export function runTorch(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<PythonRan> {
  const cpu = { CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '1' };
  return forkPython({ python: String(findTorchPython()), prepared: PREPARED }, args, {
    cwd,
    env: { ...env, ...cpu },
  });
}
