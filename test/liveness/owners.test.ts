import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Leases } from '../../src/executors/local/leases/leases.js';
import { openLiveness } from '../../src/liveness/liveness.js';
import { JournalFolder } from '../../src/loggers/runs/journal-folder.js';
import { loadDriver } from '../../src/storage/drivers/load-driver.js';
import { head } from '../loggers/wandb/support.js';
import { livenessAs, Program } from '../support/liveness.js';
import { describeWithReal } from '../support/real-part.js';

const connect = await loadDriver(process.env.HPO_SQLITE_DRIVER);

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-owners-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describeWithReal('namespaces', 'of an orchestrator in another PID namespace', () => {
  test('the GPU is not leased to another one before it has ended', async () => {
    const dir = tempDir();
    const other = new Program('holder', join(dir, 'owners'), 'in a PID namespace of its own');
    const owner = await other.answer();
    const onTrouble = (error: unknown) => {
      throw error;
    };
    const theirs = new Leases({ dir, liveness: livenessAs(owner), onTrouble });
    const mine = new Leases({ dir, liveness: openLiveness(join(dir, 'owners'), connect), onTrouble });
    expect(theirs.take(['GPU-a'], 'theirs', 1)).toBe(true);
    expect(mine.take(['GPU-a'], 'mine', 1)).toBe(false);
    expect(mine.live()).toMatchObject([{ owner, token: 'theirs', watched: true }]);
    await other.kill();
    expect(mine.take(['GPU-a'], 'mine', 1)).toBe(true);
  });

  test('the GPU stays leased where nobody can tell', async () => {
    const dir = tempDir();
    const owner = await new Program('holder', join(dir, 'owners'), 'in a PID namespace of its own').answer();
    rmSync(join(dir, 'owners', owner));
    const onTrouble = () => {};
    new Leases({ dir, liveness: livenessAs(owner), onTrouble }).take(['GPU-a'], 'theirs', 1);
    const mine = new Leases({ dir, liveness: openLiveness(join(dir, 'owners'), connect), onTrouble });
    expect(mine.take(['GPU-a'], 'mine', 1)).toBe(false);
  });

  test('journals are not claimed before it has ended', async () => {
    const root = tempDir();
    const other = new Program('holder', join(root, 'owners'), 'in a PID namespace of its own');
    const idOf = (trial: number, attempt: number) => `ab${trial}${attempt}`;
    const isOwn = (id: string, ...run: [number, number]) => id === idOf(...run);
    const theirs = new JournalFolder(root, livenessAs(await other.answer()), isOwn);
    const journal = theirs.begin(head({ trial: 1, id: idOf(1, 1) }));
    journal.row(1, '{}');
    journal.flush();
    const mine = new JournalFolder(root, openLiveness(join(root, 'owners'), connect), isOwn);
    expect(mine.claim()).toEqual([]);
    expect(existsSync(journal.file)).toBe(true);
    await other.kill();
    expect(mine.claim().map((each) => each.head.trial)).toEqual([1]);
    expect(existsSync(journal.file)).toBe(false);
  });
});
