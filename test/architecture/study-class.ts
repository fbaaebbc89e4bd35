import { posix } from 'node:path';
import { roomOf, type Sources } from './check.js';
import { blankText, importsOf, usesOf } from './source.js';

/** The file with the class `Study`. */
const CLASS = 'study/study.ts';
/** May import it: one file makes studies, the other wraps them for the library's users. */
const MAY_IMPORT: readonly string[] = ['study/open-study.ts', 'library/study.ts'];
/** Rooms in which a Study may be at hand. The room table keeps all others from these files. */
const ROOMS: readonly string[] = ['study', 'cli', 'library', 'index'];

/** A type query, told from the operator by what stands around it. `typeof LIST` of a constant in capitals is allowed. */
const QUERY = [
  /(?<=[:<|&,]\s*|(?<![\w$\])]\s*)\(\s*|\btype\s[^;=]*=\s*)typeof\s+(?![A-Z][A-Z_]*\b)[\w$.]+/,
  /(?=\s*(?:[,)>;|&[\]}{]|=>|=(?!=)|$))/,
];
/** Types that are derived from a value or a function. They could name the class without importing it. */
const DERIVED = new RegExp(
  [
    /\b(?:ReturnType|Awaited|InstanceType|ConstructorParameters|ThisParameterType|Parameters)\s*</.source,
    QUERY.map(({ source }) => source).join(''),
  ].join('|'),
  'gm',
);

/**
 * Returns everything in a file that would let a function take the class `Study` as a parameter, as `src/FILE:LINE: what`.
 * Functions take narrow contexts instead. The rule: only two files import the class, only `library/study.ts` names it as a
 * parameter's type, neither hands the name on, and no file of these rooms derives a type from a value or a function.
 */
export function studyBreaches(path: string, sources: Sources): string[] {
  if (!ROOMS.includes(roomOf(path)) || path === CLASS) return [];
  const text = sources.get(path) as string;
  const at = (line: number, what: string) => `src/${path}:${line}: ${what}`;
  const imports = importsOf(text).filter(
    ({ specifier }) =>
      specifier !== null && posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts') === CLASS,
  );
  const derived = usesOf(text, DERIVED).map(({ name, line }) =>
    at(line, `a type derived by \`${name.trim()}\` could name the class Study; write the type`),
  );
  if (!MAY_IMPORT.includes(path))
    return [...derived, ...imports.map(({ line }) => at(line, `take a context and not the class Study`))];
  const odd = imports
    .filter(({ kind }) => kind === 'dynamic')
    .map(({ line }) => at(line, 'import the class Study by its name'));
  return [
    ...derived,
    ...odd,
    ...oddUses(path, text).map((line) => at(line, 'an odd use of the class Study')),
  ];
}

/** Returns the lines of an allowed file that use the class for more than it may. */
function oddUses(path: string, text: string): number[] {
  const alias = /\bimport\b[^;]*\bStudy\s+as\s+(\w+)[^;]*\/study\.js'/.exec(text)?.[1];
  const name = alias ?? 'Study';
  const allowed =
    path === 'library/study.ts'
      ? new RegExp(`\\(\\w+: ${name}\\)`, 'g')
      : new RegExp(`\\): Promise<${name}> \\{|\\bnew ${name}\\(`, 'g');
  const code = blankText(text)
    .replaceAll(/\bimport\s[^;*]*;/g, blankOf)
    .replaceAll(allowed, blankOf);
  return usesOf(code, new RegExp(`\\b${name}\\b|\\bimport\\s[^;]*\\*`, 'g')).map(({ line }) => line);
}

function blankOf(text: string): string {
  return text.replaceAll(/[^\n]/g, ' ');
}
