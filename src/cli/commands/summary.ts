import type { Command } from 'commander';
import { printJson, writeData, writeStyled } from '../output.js';
import { parsePositive } from '../parse.js';
import { frontJson, rankedJson } from '../result-json.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly top: number; readonly markdown?: boolean; readonly json?: boolean };

export function registerSummary(program: Command): void {
  const command = program
    .command('summary')
    .description(
      'Summarize a study: counts, the best configurations, what pruning saved, why trials failed.',
    );
  studyOptions(command)
    .option('--markdown', 'as Markdown, for a pull request or a summary of GitHub Actions')
    .option('--top <n>', 'configurations in the table', parsePositive, 5);
  examples(
    jsonOption(command),
    'hpo summary',
    'hpo summary --markdown >> "$GITHUB_STEP_SUMMARY"',
    'hpo summary --markdown | gh pr comment --body-file -',
  ).action(summarize);
}

async function summarize(options: Options): Promise<void> {
  const { readSummary } = await import('../summary/read-summary.js');
  await withStorage(options.storage, 'read', async (storage) => {
    const facts = await readSummary(storage, await findStudy(storage, options), options.top);
    if (options.json) {
      const { study, counts, top, frontSize, digest, importance } = facts;
      const isFront = study.spec.objectives.length > 1;
      const found = top.map((each) => (isFront ? frontJson(each, each === facts.knee) : rankedJson(each)));
      return printJson('summary', {
        study: study.name,
        counts,
        top: found,
        frontSize,
        ...digest,
        importance,
      });
    }
    const { summaryMarkdown, summaryText } = await import('../summary/summary-text.js');
    if (options.markdown) {
      await writeData(summaryMarkdown(facts));
      return;
    }
    const { stdoutSurface } = await import('../table/surface.js');
    await writeStyled(`${summaryText(facts, stdoutSurface())}\n`);
  });
}
