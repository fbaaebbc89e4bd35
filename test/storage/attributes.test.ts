import { expect, test } from 'vitest';
import { ask, attemptOf, describeStorages, ending, newStudy, T0 } from './support.js';

describeStorages('StudyAttributes', (open) => {
  test('an attribute comes back as it was stored, and belongs to its study', async () => {
    const storage = await open();
    const [a, b] = [await newStudy(storage, 'a'), await newStudy(storage, 'b')];
    const value = { commit: 'é "\u2028', list: [1, 1.5, null, true], odd: Number.NaN };
    expect(await storage.readAttributes(a.id)).toEqual({});
    expect(await storage.writeAttribute(a.id, 'hpo:x', value, null)).toBe(true);
    expect(await storage.writeAttribute(a.id, 'hpo:a', 1, null)).toBe(true);
    expect(await storage.readAttributes(a.id)).toEqual({ 'hpo:a': 1, 'hpo:x': value });
    expect(await storage.readAttributes(b.id)).toEqual({});
    expect(await storage.readAttributes(99)).toEqual({});
    await storage.deleteStudy(a.id);
    expect(await storage.readAttributes(a.id)).toEqual({});
    await expect(storage.writeAttribute(a.id, 'hpo:x', 1, null)).rejects.toMatchObject({
      code: 'storage.no-study',
    });
  });

  test('a study can be renamed, and keeps its trials, its uid and its attributes', async () => {
    const storage = await open();
    const [a] = [await newStudy(storage, 'a'), await newStudy(storage, 'b')];
    await ask(storage, a.id, { layers: 1 });
    await storage.writeAttribute(a.id, 'hpo:x', 1, null);
    const token = await storage.changeToken();
    await storage.renameStudy(a.id, 'c');
    expect(await storage.changeToken()).not.toBe(token);
    expect(await storage.findStudy('a')).toBeNull();
    expect(await storage.findStudy('c')).toEqual({ ...a, name: 'c' });
    expect(await storage.rows(a.id, 0, 9)).toHaveLength(1);
    expect(await storage.readAttributes(a.id)).toEqual({ 'hpo:x': 1 });
    await storage.renameStudy(a.id, 'c');
    for (const [id, name, code] of [
      [a.id, 'b', 'storage.study-exists'],
      [a.id, '', 'storage.bad-name'],
      [a.id, 'x\ny', 'storage.bad-name'],
      [99, 'd', 'storage.no-study'],
    ] as const)
      await expect(storage.renameStudy(id, name)).rejects.toMatchObject({ code });
    expect((await storage.listStudies()).map(({ name }) => name)).toEqual(['c', 'b']);
  });

  test('whoever read an older value writes nothing', async () => {
    const storage = await open();
    const { id } = await newStudy(storage, 'a');
    expect(await storage.writeAttribute(id, 'hpo:list', [1], null)).toBe(true);
    expect(await storage.writeAttribute(id, 'hpo:list', [2], null)).toBe(false);
    expect(await storage.writeAttribute(id, 'hpo:list', [2], [3])).toBe(false);
    expect(await storage.readAttributes(id)).toEqual({ 'hpo:list': [1] });
    expect(await storage.writeAttribute(id, 'hpo:list', [1, 2], [1])).toBe(true);
    expect(await storage.readAttributes(id)).toEqual({ 'hpo:list': [1, 2] });
  });

  test('the last activity is the newest start or end of a trial, for each study', async () => {
    const storage = await open();
    const [a, b, empty] = [
      await newStudy(storage, 'a'),
      await newStudy(storage, 'b'),
      await newStudy(storage, 'c'),
    ];
    const first = await ask(storage, a.id, { layers: 1 });
    await ask(storage, b.id, { layers: 1 });
    await storage.finish(first.trial.id, attemptOf(first), ending({ finishedAtMs: T0 + 5000 }));
    await ask(storage, a.id, { layers: 2 });
    expect([...(await storage.lastActivity())]).toEqual([
      [a.id, T0 + 5000],
      [b.id, T0],
    ]);
    expect((await storage.lastActivity()).has(empty.id)).toBe(false);
  });
});

describeStorages('StudyAttributes of trials', (open) => {
  test('attributes of a trial come back, replace each other and go, and hpo keeps its own', async () => {
    const storage = await open();
    const a = await newStudy(storage, 'a');
    for (const layers of [1, 2, 3]) await ask(storage, a.id, { layers });
    const value = { list: [1, 1.5, null, true], odd: Number.NaN, text: 'é "\u2028' };
    expect(await storage.readTrialAttributes(a.id, 0, 10)).toEqual(new Map());
    expect(await storage.writeTrialAttributes(a.id, 1, { tokens: 3, value, gone: 1 })).toBe(true);
    const token = await storage.changeToken();
    expect(await storage.writeTrialAttributes(a.id, 1, { gone: null, tokens: 4 })).toBe(true);
    expect(await storage.changeToken()).not.toBe(token);
    await storage.writeTrialAttributes(a.id, 2, { b: 1, a: 'x' });
    await storage.annotate(a.id, 2, { note: null, addTags: ['t'], removeTags: [], hidden: true });
    expect(await storage.readTrialAttributes(a.id, 0, 10)).toEqual(
      new Map<number, unknown>([
        [1, { tokens: 4, value }],
        [2, { a: 'x', b: 1 }],
      ]),
    );
    expect([...(await storage.readTrialAttributes(a.id, 2, 1)).keys()]).toEqual([2]);
    expect([...(await storage.readTrialAttributes(a.id, 0, 2)).keys()]).toEqual([1]);
    expect(await storage.writeTrialAttributes(a.id, 3, { x: 1 })).toBe(false);
    expect(await storage.writeTrialAttributes(99, 0, { x: 1 })).toBe(false);
    expect(await storage.readTrialAttributes(99, 0, 10)).toEqual(new Map());
  });
});
