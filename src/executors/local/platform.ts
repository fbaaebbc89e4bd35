import { usageError } from '../../core/errors.js';

/** @throws HpoError (usage) executor.unsupported-platform on Windows. */
export function checkPlatform(platform: string = process.platform): void {
  if (platform !== 'win32') return;
  throw usageError(
    'executor.unsupported-platform',
    'expected Linux or macOS to run trainers as processes, got Windows: it has neither the sessions nor the signals that stop and reattach them',
    {
      fix: 'run this command in the Windows Subsystem for Linux (WSL 2), or tune a function with the library, or use hpo ask and hpo tell',
    },
  );
}
