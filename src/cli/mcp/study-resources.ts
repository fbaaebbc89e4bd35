import { findTrial } from '../../control/find-trial.js';
import { usageError } from '../../core/errors.js';
import { plainData } from '../../mcp/plain-data.js';
import type { Resources } from '../../mcp/server.js';
import { attemptsOfTrial } from '../attempts-here.js';
import { readLogTail } from './log-tail.js';
import type { StudyAccess } from './study-access.js';
import { SWEEP_KEYS, sweepKeys } from './sweep-keys.js';
import { readStatus } from './tools/status.js';

/** The end of a log that is sent. */
const LOG_BYTES = 64 * 1024;
const ADDRESS = /^hpo:\/\/studies\/([^/?#]+)(?:\/trials\/(\d{1,9})\/log)?$/;

/** Returns the resources of a server: how each study stands, and what its trials have written. */
export function studyResources(studies: StudyAccess): Resources {
  return {
    list: async () => [
      {
        uri: SWEEP_KEYS,
        name: 'sweep file',
        description: 'all keys of a sweep file',
        mimeType: 'text/plain',
      },
      ...(await studies.list()).map(({ name }) => ({
        uri: `hpo://studies/${encodeURIComponent(name)}`,
        name,
        description: 'state, counts, the best configuration and failures',
        mimeType: 'application/json',
      })),
    ],
    templates: [
      {
        uriTemplate: 'hpo://studies/{study}',
        name: 'study',
        description: 'state, counts, the best configuration and failures of a study',
        mimeType: 'application/json',
      },
      {
        uriTemplate: 'hpo://studies/{study}/trials/{trial}/log',
        name: 'log',
        description: `what the newest attempt of a trial has written: its last ${LOG_BYTES / 1024} kB, as printable text`,
        mimeType: 'text/plain',
      },
    ],
    read: async (uri) => {
      if (uri === SWEEP_KEYS) return { mimeType: 'text/plain', text: sweepKeys() };
      const [, encoded, trial] = ADDRESS.exec(uri) ?? [];
      const name = encoded === undefined ? null : decoded(encoded);
      if (name === null) return null;
      if (trial !== undefined)
        return { mimeType: 'text/plain', text: await readLog(studies, name, Number(trial)) };
      const text = JSON.stringify(plainData(await readStatus(studies, name)), null, 1);
      return { mimeType: 'application/json', text };
    },
  };
}

function readLog(studies: StudyAccess, name: string, trial: number): Promise<string> {
  return studies.record(name, 'read', async ({ storage, record }) => {
    const { id } = await findTrial(storage, record, trial);
    const attempt = (await attemptsOfTrial(storage, record, id)).at(-1);
    if (attempt && !studies.isOwnLog(trial, attempt))
      throw usageError('mcp.log', `expected the log of trial ${trial} to be a file of hpo in the workspace`, {
        fix: 'a link is not followed; see hpo logs',
      });
    return (attempt && (await readLogTail(trial, attempt, LOG_BYTES))) ?? '';
  });
}

/** Null for a text that is not percent-encoded. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
