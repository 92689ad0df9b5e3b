import { view_answer_schema } from '@plumbline/contracts';
import type { ViewAnswer } from '@plumbline/contracts';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { nearest } from '../../config/nearest.js';
import type { ApiOptions } from '../options.js';
import { notFound } from '../problem-json.js';
import { addRoute } from '../route.js';
import { asked } from '../store-answer.js';
import { viewParams } from '../view-params.js';

const of_view = z.strictObject({ name: z.string() });
type Row = Readonly<Record<string, unknown>>;

export function addViewRoutes(api: FastifyInstance, options: ApiOptions): void {
  addRoute<{ name: string }, Row>(api, 'GET /views/:name', {
    summary: 'One named answer. Its parameters are those of the view (docs: schema page); all are required.',
    params: of_view,
    query: z.record(z.string(), z.unknown()),
    answer: [200, view_answer_schema],
    handle: ({ params, query }) => answerOf(params.name, query, options),
  });
}

async function answerOf(name: string, query: Row, { views, askAny, columnsOf }: ApiOptions): Promise<ViewAnswer<Row>> {
  const view = views.get(name);
  if (view === undefined) {
    const names = [...views.keys()];
    const meant = nearest(name, names);
    throw notFound('No view has this name.', 'name', meant ? `Did you mean "${meant}"?` : `Use ${names.join(', ')}.`);
  }
  const values = viewParams(query, view.params);
  const [columns, rows] = await asked(() => Promise.all([columnsOf(view, values), askAny(view, values)]));
  return { name, columns, rows };
}
