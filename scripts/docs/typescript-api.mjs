// For `node --import`: typedoc gets the compiler with an interface for programs, which TypeScript 7 does not have yet.
import { register } from 'node:module';

const hooks = `export const resolve = (name, context, next) => next(name === 'typescript' ? 'typescript-api' : name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, import.meta.url);
