import { describeWithReal } from '../../support/real-part.js';
import { useSlurm } from '../../support/slurm.js';
import { describeExecutor, HANGS, SAVES } from '../conformance.js';
import { tempDir } from '../local/harness.js';
import { makeSlurm } from './harness.js';

describeWithReal('slurm', 'SLURM', () => {
  useSlurm();
  describeExecutor(
    'slurm',
    {
      kind: 'slurm',
      make: (what) => {
        const outputs = tempDir();
        return () =>
          makeSlurm(outputs, what === 'ends' ? SAVES : HANGS, { setup: { checkpoints: 'remove' } });
      },
      hasCheckpoints: true,
      outlivesPrograms: true,
      hasLogs: true,
      leavesExitCode: true,
    },
    (executor) => executor,
  );
});
