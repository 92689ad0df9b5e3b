import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/** A file below `folder`; undefined when it is not there or the path climbs out. */
export async function readBelow(folder, path) {
  let file;
  try {
    file = normalize(join(folder, decodeURIComponent(path)));
  } catch {
    return undefined;
  }
  if (!file.startsWith(folder + sep)) return undefined;
  try {
    return { type: types[extname(file)] ?? 'application/octet-stream', body: await readFile(file) };
  } catch {
    return undefined;
  }
}
