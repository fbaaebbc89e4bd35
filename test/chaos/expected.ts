/** What trainer.sh does with x, written a second time: the audit compares it with what hpo stored. */
export type Expected = {
  readonly state: 'COMPLETE' | 'FAIL' | 'PRUNED';
  readonly exitCode: number;
  readonly lines: readonly string[];
};

const SIGTERM_EXIT = 128 + 15;

/** The loss beyond which the pruner of the chaos sweeps stops a trial. */
export const LOSS_LIMIT = 4000;

export function expectedOf(x: number): Expected {
  const lines: string[] = [];
  for (let epoch = 1; epoch <= 2 + (x % 3); epoch++) {
    if (epoch === 2 && x % 10 === 4)
      return { state: 'PRUNED', exitCode: SIGTERM_EXIT, lines: [...lines, 'METRIC epoch=2 loss=5000'] };
    lines.push(`METRIC epoch=${epoch} loss=${x}.${epoch} twice=${2 * x}`);
  }
  return x % 7 === 5 ? { state: 'FAIL', exitCode: 3, lines } : { state: 'COMPLETE', exitCode: 0, lines };
}
