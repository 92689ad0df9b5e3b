import type { ViewAnswer, ViewName, ViewParams, ViewRow } from '@plumbline/contracts';
import { ApiError } from './ApiError';
import { callApi } from './callApi';

/** Rows of a named view. An answer of another form is an error here, not a crash in a page. */
export async function askView<Name extends ViewName>(
  name: Name,
  params: ViewParams<Name>,
): Promise<readonly ViewRow<Name>[]> {
  const answer = await callApi<ViewAnswer<ViewRow<Name>> | null>({ path: `/views/${name}`, query: { ...params } });
  if (!Array.isArray(answer?.rows)) {
    throw new ApiError({
      type: 'about:blank',
      title: 'Unexpected answer',
      status: 200,
      detail: `The address answers, but not as the Plumbline API does (view ${name}).`,
      problems: [
        {
          field: 'apiUrl',
          message: 'may point to another program',
          mend: 'Check the API URL on the Configuration page.',
        },
      ],
    });
  }
  return answer.rows;
}
