import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

// Ends a test run with one plain line for any CI: `N passed, N failed, N skipped`. Writes the files that failed into the file that
// HPO_FAILED_FILES names.
export default class SummaryReporter {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state in counts) counts[state]++;
      }
      // A file that fails to load has no tests to count.
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed++;
    }
    console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
    // An error outside of all tests belongs to no file.
    if (!process.env.HPO_FAILED_FILES || errors.length > 0) return;
    const failed = modules.filter((module) => module.state() === 'failed');
    const paths = failed.map(({ moduleId }) => `${relative(process.cwd(), moduleId)}\n`);
    writeFileSync(process.env.HPO_FAILED_FILES, paths.join(''));
  }
}
