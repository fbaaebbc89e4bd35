import { useRay } from '../../support/ray.js';
import { describeWithReal } from '../../support/real-part.js';
import { describeExecutor, HANGS, SAVES } from '../conformance.js';
import { tempDir } from '../local/harness.js';
import { makeRay, sending } from './harness.js';

// In a shared folder jobs are followed as those of every other queue; jobs.test.ts has what differs.
describeWithReal('ray', 'Ray', () => {
  useRay();
  describeExecutor(
    'ray',
    {
      kind: 'ray',
      make: (what) => {
        const outputs = tempDir();
        const options = sending(outputs);
        return () => makeRay(outputs, what === 'ends' ? SAVES : HANGS, { options });
      },
      hasCheckpoints: false,
      outlivesPrograms: true,
      hasLogs: true,
      leavesExitCode: false,
    },
    (executor) => executor,
  );
});
