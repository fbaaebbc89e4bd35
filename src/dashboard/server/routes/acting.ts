import { CONTROLS, controls } from '../../../control/registry.js';
import { applyControl } from '../actions/apply.js';
import { deleteStudy, renameStudy } from '../actions/manage.js';
import { json } from '../http/answer.js';
import { Refusal } from '../http/refusal.js';
import { param, type Route } from './route.js';

const acting = (path: string, summary: string, answer: Route['answer']): Route => ({
  method: 'POST',
  path,
  changes: true,
  summary,
  answer,
});

export const actingRoutes: readonly Route[] = [
  acting(
    '/api/studies/:study/control/:control',
    `A command to the study (${Object.keys(CONTROLS).join(', ')}) with its arguments`,
    async (dashboard, request) => {
      const name = param(request, 'control');
      const control = controls.find((each) => each.name === name);
      if (!control) throw new Refusal(404, 'control.unknown', `no control ${JSON.stringify(name)}`);
      return json(await applyControl(dashboard, param(request, 'study'), control, request.body));
    },
  ),
  acting('/api/studies/:study/rename', 'Another name: `{"name": "..."}`', async (dashboard, request) =>
    json(await renameStudy(dashboard, param(request, 'study'), request.body)),
  ),
  acting(
    '/api/studies/:study/delete',
    'Deletes the study with its trials: `{"confirm": "its name"}`',
    async (dashboard, request) => json(await deleteStudy(dashboard, param(request, 'study'), request.body)),
  ),
];
