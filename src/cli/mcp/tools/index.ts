import type { Tool } from '../../../mcp/tool.js';
import type { Workspace } from '../../../mcp/workspace.js';
import type { StudyAccess } from '../study-access.js';
import { bestTool } from './best.js';
import { compareTool } from './compare.js';
import { enqueueTool } from './enqueue.js';
import { explainFailureTool } from './explain-failure.js';
import { importanceTool } from './importance.js';
import { planTool } from './plan.js';
import { plotTool } from './plot.js';
import { startTool } from './start.js';
import { statusTool } from './status.js';
import { stopTool } from './stop.js';
import { trialsTool } from './trials.js';

/** Returns every tool, in the order in which agents use them. */
export function toolsFor(studies: StudyAccess, workspace: Workspace): readonly Tool[] {
  return [
    planTool(studies, workspace),
    startTool(studies, workspace),
    statusTool(studies),
    bestTool(studies),
    trialsTool(studies),
    importanceTool(studies),
    plotTool(studies),
    enqueueTool(studies),
    stopTool(studies),
    explainFailureTool(studies),
    compareTool(studies),
  ];
}
