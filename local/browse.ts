import type { ServerResponse } from 'node:http';
import { escapeXml } from './front/s3-xml.ts';
import type { LocalRun } from './run.ts';

const PREFIX = '/_local/s3';
const MOST = 1000;

/** A read-only look at buckets and objects in a browser: `/_local/s3/`, `/_local/s3/<bucket>/`, `/_local/s3/<bucket>/<key>`. */
export const browseObjects = ({ buckets, objects }: LocalRun, url: URL, response: ServerResponse): void => {
  const [name = '', ...rest] = url.pathname.slice(PREFIX.length).replace(/^\//, '').split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const bucket = buckets.find((known) => known.name === name);
  if (name === '') {
    page(
      response,
      'Buckets',
      buckets.map((known) => [known.name, `${PREFIX}/${known.name}/`]),
    );
    return;
  }
  if (bucket === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (key === '' || key.endsWith('/')) {
    const keys = objects.listObjects(bucket.name, { prefix: key, maxKeys: MOST }).objects.map((object) => object.key);
    page(
      response,
      `${bucket.name}/${key}`,
      keys.map((each) => [each, `${PREFIX}/${bucket.name}/${each.split('/').map(encodeURIComponent).join('/')}`]),
    );
    return;
  }
  try {
    const { body } = objects.getObject(bucket.name, key);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
};

const page = (response: ServerResponse, title: string, links: readonly (readonly [string, string])[]): void => {
  const rows = links.map(([text, href]) => `<li><a href="${escapeXml(href)}">${escapeXml(text)}</a></li>`).join('\n');
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(
      `<!doctype html><meta charset="utf-8"><title>${escapeXml(title)}</title><h1>${escapeXml(title)}</h1><ul>${rows || '<li>nothing</li>'}</ul>`,
    );
};
