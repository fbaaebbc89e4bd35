import { describe, expect, test } from 'vitest';
import { studyBreaches } from './study-class.js';

const found = (path: string, text: string) => studyBreaches(path, new Map([[path, text]]));
const DERIVED = /could name the class Study/;
const IMPORTED = 'take a context and not the class Study';

describe('no function takes the class Study', () => {
  test.each([
    `import { Study } from '../study/study.js';`,
    `import type { Study } from '../study/study.js';`,
    `import type { Study as S } from '../study/study.js';`,
    `import type * as all from '../study/study.js';`,
    `export { Study } from '../study/study.js';`,
    `export type * from '../study/study.js';`,
    `const { Study } = await import('../study/study.js');`,
    `function f(study: Pick<import('../study/study.js').Study, 'spec'>) {}`,
  ])('only two files import it, whatever the way: %s', (text) => {
    expect(found('cli/a.ts', text)).toEqual([`src/cli/a.ts:1: ${IMPORTED}`]);
    expect(found('study/sub/a.ts', text.replace('../study/', '../'))).toEqual([
      `src/study/sub/a.ts:1: ${IMPORTED}`,
    ]);
  });

  test.each([
    `type S = Awaited<ReturnType<typeof openStudy>>;`,
    `function f(study: ReturnType<typeof held>) {}`,
    `type S = Parameters<typeof makeStudy>[0];`,
    `const study = await openStudy(); function f(other: typeof study) {}`,
    `const study = await openStudy(); const f = ({ spec }: Pick<typeof study, 'spec'>) => spec;`,
    `type S = typeof study;`,
    `type S = (typeof study)['spec'];`,
    `type S = InstanceType<Made>;`,
  ])('no type is derived from a value or a function: %s', (text) => {
    expect(found('cli/a.ts', text)[0]).toMatch(DERIVED);
  });

  test.each([
    `if (typeof study === 'string') return;`,
    `const kinds = ['string', 'number'].includes(typeof study);`,
    `type Shell = (typeof SHELLS)[number];`,
    `const isText = given && typeof given !== 'object' ? typeof given : null;`,
    `const kind = [typeof study === 'object', typeof a.b !== 'string'];`,
    `import type { StudyRows } from '../study/study-context.js';\nexport function f(rows: StudyRows) {}`,
    `const study = await openStudy(storage, record); // import { Study } from '../study/study.js'`,
  ])('allows %s', (text) => {
    expect(found('cli/a.ts', text)).toEqual([]);
  });

  test('the two files may not hand it on', () => {
    const makes = `import { Study } from './study.js';\nexport async function openStudy(): Promise<Study> {\n`;
    expect(found('study/open-study.ts', `${makes}return new Study();\n}`)).toEqual([]);
    expect(found('study/open-study.ts', `${makes}}\nfunction f(study: Study) {}`)).toHaveLength(1);
    expect(found('study/open-study.ts', `${makes}}\nexport type S = Promise<Study>;`)).toHaveLength(1);
    expect(found('study/open-study.ts', `${makes}}\nexport { Study };`)).toHaveLength(1);
    const wraps = `import type { Study as Engine } from '../study/study.js';\nexport function make(study: Engine) {}`;
    expect(found('library/study.ts', wraps)).toEqual([]);
    expect(found('library/study.ts', `${wraps}\nexport type S = Engine;`)).toHaveLength(1);
    expect(found('library/study.ts', `${wraps}\ntype S = Pick<Engine, 'spec'>;`)).toHaveLength(1);
    expect(found('library/study.ts', `import type * as all from '../study/study.js';`)).toHaveLength(1);
  });
});
