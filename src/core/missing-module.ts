import { codeOf } from './system-error.js';
/** Whether an import or a resolution failed because a package is not installed, rather than because it is broken. */
export function isModuleMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}
