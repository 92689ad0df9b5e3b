import { callApi, type Call } from './callApi';

/** Asks for a file and hands it to the browser under `name`. @throws ApiError as callApi does. */
export async function saveFile(name: string, call: Pick<Call, 'path' | 'query'>): Promise<void> {
  const url = URL.createObjectURL(await callApi<Blob>({ ...call, is_file: true }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
