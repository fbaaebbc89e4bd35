import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findStudyFolder } from '../../../src/executors/local/study-folder.js';
import { makeAttempt, makeExecutor, Recorder, tempDir, trainer, until } from './harness.js';

const [UID_A, UID_B] = ['a', 'b'].map((digit) => digit.repeat(32)) as [string, string];

/** A folder of outputs, with databases as files that name the studies they hold. */
function place() {
  const root = tempDir();
  const outputs = join(root, 'outputs');
  const database = (name: string, ...uids: readonly string[]) => {
    writeFileSync(join(root, name), uids.join());
    return join(root, name);
  };
  const questions = {
    holdsStudy: async (path: string, uid: string) => {
      try {
        return readFileSync(path, 'utf8').includes(uid);
      } catch {
        return false;
      }
    },
    hasEnded: (owner: string) => owner === 'dead',
  };
  const claim = (uid: string, path: string | null, more: { owner?: string; running?: string[] } = {}) =>
    findStudyFolder(
      outputs,
      { study: 's', uid, database: path, owner: 'me', running: [], ...more },
      questions,
      true,
    );
  return { root, outputs, database, claim, questions };
}

const own = (dir: string) => expect.objectContaining({ kind: 'own', dir });

describe('the folder of a study', () => {
  it('has the plain name, each time, also when its database is moved', async () => {
    const { root, outputs, database, claim } = place();
    const path = database('a.db', UID_A);
    expect(await claim(UID_A, path)).toEqual({ kind: 'own', dir: join(outputs, 's'), taken: null });
    expect(await claim(UID_A, path)).toEqual(own(join(outputs, 's')));
    expect(await claim(UID_A, join(root, 'gone.db'))).toMatchObject({ kind: 'copy', original: path });
    writeFileSync(path, UID_B);
    expect(await claim(UID_A, database('moved.db', UID_A))).toEqual(own(join(outputs, 's')));
    expect(await claim(UID_A, database('moved.db', UID_A))).toEqual(own(join(outputs, 's')));
    expect(readdirSync(join(outputs, 's/.study'))).toEqual(['2']);
  });

  it('is another one for the study of the same name in another database, and stays that', async () => {
    const { outputs, database, claim } = place();
    const [a, b] = [database('a.db', UID_A), database('b.db', UID_B)];
    await claim(UID_A, a);
    const apart = join(outputs, 's-bbbbbb');
    const why = `belongs to the study of this name in ${a}`;
    expect(await claim(UID_B, b)).toEqual({
      kind: 'own',
      dir: apart,
      taken: { dir: join(outputs, 's'), why },
    });
    // The other study is deleted.
    database('a.db');
    expect(await claim(UID_B, b)).toEqual(own(apart));
  });

  it('belongs to exactly one of many studies that begin at the same instant', async () => {
    const { outputs, database, claim } = place();
    const uids = Array.from({ length: 12 }, (_, k) => k.toString(16).repeat(32));
    const found = await Promise.all(uids.map((uid) => claim(uid, database(`${uid}.db`, uid))));
    const dirs = found.map((each) => (each.kind === 'own' ? each.dir : ''));
    expect(new Set(dirs).size).toBe(12);
    expect(dirs.filter((dir) => dir === join(outputs, 's'))).toHaveLength(1);
  });

  it('is one of many that are left over only for one study', async () => {
    const { outputs, database, claim } = place();
    await claim(UID_A, database('a.db', UID_A));
    database('a.db');
    const uids = Array.from({ length: 12 }, (_, k) => k.toString(16).repeat(32));
    const found = await Promise.all(uids.map((uid) => claim(uid, database(`${uid}.db`, uid))));
    expect(found.filter((each) => each.kind === 'own' && each.dir === join(outputs, 's'))).toHaveLength(1);
    expect(new Set(found.map((each) => each.kind === 'own' && each.dir)).size).toBe(12);
  });

  it('differs from that of a copied database, but not from that of another path to the same file', async () => {
    const { root, outputs, database, claim } = place();
    const path = database('a.db', UID_A);
    await claim(UID_A, path);
    symlinkSync(path, join(root, 'link.db'));
    expect(await claim(UID_A, join(root, 'link.db'))).toEqual(own(join(outputs, 's')));
    expect(await claim(UID_A, database('copy.db', UID_A))).toEqual({
      kind: 'copy',
      original: join(root, 'link.db'),
    });
  });

  it('shows a copy also where the folder of its running attempts says so', async () => {
    const { outputs, database, claim, questions } = place();
    const path = database('a.db', UID_A);
    await claim(UID_A, path);
    const elsewhere = await findStudyFolder(
      join(outputs, 'elsewhere'),
      {
        study: 's',
        uid: UID_A,
        database: database('copy.db', UID_A),
        owner: 'me',
        running: [join(outputs, 's/.attempts/00000-1-ab')],
      },
      questions,
      true,
    );
    expect(elsewhere).toEqual({ kind: 'copy', original: path });
  });

  it('of a study in memory is free once its program has ended', async () => {
    const { outputs, claim } = place();
    await claim(UID_A, null, { owner: 'dead' });
    expect(await claim(UID_B, null)).toEqual(own(join(outputs, 's')));
    expect(await claim(UID_A, null)).toMatchObject({
      dir: join(outputs, 's-aaaaaa'),
      taken: { why: 'belongs to a study in memory of another process' },
    });
  });

  it('is not given to another study while an attempt in it lives, and is afterwards', async () => {
    const { root, outputs, database, claim } = place();
    await claim(UID_A, database('a.db', UID_A));
    const executor = makeExecutor(root, [trainer('two-epochs.sh')], { studyDir: join(outputs, 's') });
    const [attempt, hooks] = [makeAttempt(executor), new Recorder()];
    const outcome = executor.run(attempt, hooks);
    await hooks.reported(1);
    database('a.db');
    const b = database('b.db', UID_B);
    expect(await claim(UID_B, b)).toMatchObject({
      dir: join(outputs, 's-bbbbbb'),
      taken: { why: 'holds a trial of another study that is still running' },
    });
    const uid = 'c'.repeat(32);
    expect(await claim(uid, database('c.db', uid), { running: [attempt.handle] })).toEqual(
      own(join(outputs, 's')),
    );
    database('c.db');
    writeFileSync(join(outputs, 's/trial-00007/go'), '');
    await outcome;
    const last = 'd'.repeat(32);
    expect(await claim(last, database('d.db', last))).toEqual(own(join(outputs, 's')));
  });

  it('that nobody has claimed, as earlier versions left it, is taken', async () => {
    const { outputs, database, claim } = place();
    mkdirSync(join(outputs, 's/.attempts/00000-1-abcd'), { recursive: true });
    expect(await claim(UID_A, database('a.db', UID_A))).toEqual(own(join(outputs, 's')));
  });

  it('with a claim that was torn by a crash is taken', async () => {
    const { outputs, database, claim } = place();
    mkdirSync(join(outputs, 's/.study'), { recursive: true });
    writeFileSync(join(outputs, 's/.study/1'), '{"uid":"aaa');
    expect(await claim(UID_A, database('a.db', UID_A))).toEqual(own(join(outputs, 's')));
    await until(() => readdirSync(join(outputs, 's/.study')).join() === '2');
  });

  it('that another study took over, because it had been deleted, is launched in no more', async () => {
    const { root, outputs, database, claim } = place();
    const held = { uid: UID_A, database: database('a.db', UID_A), owner: 'me' };
    await claim(UID_A, held.database);
    const studyDir = join(outputs, 's');
    const executor = makeExecutor(root, ['/bin/sh', '-c', 'touch "$HPO_TRIAL_DIR/ran"'], {
      studyDir,
      claim: held,
    });
    rmSync(outputs, { recursive: true });
    await executor.run(makeAttempt(executor, { trial: 1 }), new Recorder());
    expect(await claim(UID_B, database('b.db', UID_B))).toMatchObject({ dir: join(outputs, 's-bbbbbb') });
    rmSync(outputs, { recursive: true });
    expect(await claim(UID_B, database('b.db', UID_B))).toEqual(own(studyDir));
    await expect(executor.run(makeAttempt(executor, { trial: 2 }), new Recorder())).rejects.toMatchObject({
      code: 'outputs.taken',
    });
    expect(readdirSync(studyDir)).toEqual(['.study']);
  });

  it('is shared by no two trainers of one trial, also when an older database was put back', async () => {
    const { root, outputs } = place();
    const executor = makeExecutor(root, [trainer('two-epochs.sh')], { studyDir: join(outputs, 's') });
    const [unknown, hooks] = [makeAttempt(executor), new Recorder()];
    const first = executor.run(unknown, hooks);
    await hooks.reported(1);
    const [again, second, stopped] = [makeAttempt(executor), new Recorder(), new Recorder()];
    const outcome = executor.run(again, second);
    await until(() => second.warnings.length === 1);
    expect(second.warnings[0]).toMatch(
      /^waits for a trainer that still runs in .*trial-00007 and is not in this database/,
    );
    const given = executor.run(makeAttempt(executor), stopped);
    stopped.stop('interrupted');
    expect(await given).toMatchObject({ kind: 'not-started', fatal: false });
    writeFileSync(join(outputs, 's/trial-00007/go'), '');
    expect(await first).toMatchObject({ kind: 'exited', exitCode: 7 });
    await second.reported(1);
    writeFileSync(join(outputs, 's/trial-00007/go'), '');
    expect(await outcome).toMatchObject({ kind: 'exited', exitCode: 7 });
    expect(readdirSync(join(outputs, 's')).sort()).toEqual([
      '.attempts',
      'trial-00007',
      'trial-00007.earlier',
      'trial-00007.earlier.log',
      'trial-00007.log',
    ]);
  });

  it('is only found and not made where nothing is to be claimed', async () => {
    const { root, outputs, questions } = place();
    const claimant = { study: 's', uid: UID_A, database: null, owner: 'me', running: [] };
    expect(await findStudyFolder(outputs, claimant, questions, false)).toEqual(own(join(outputs, 's')));
    expect(readdirSync(root)).toEqual([]);
  });
});
