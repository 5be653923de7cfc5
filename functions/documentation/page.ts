/** The part of an OpenAPI document that the page shows. */
export interface ApiDocument {
  info: { title: string; version: string; summary: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  parameters: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (value: unknown): string => String(value).replace(/[&<>"]/g, (letter) => escapes[letter] ?? letter);

/** A schema in a few words: `text, at most 255`, `one of draft, submitted`, `list of Site`. */
export const inWords = (schema: Schema): string => {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return `<a href="#${text(name)}">${text(name)}</a>`;
  }
  if (schema.const !== undefined) return text(JSON.stringify(schema.const));
  if (schema.enum !== undefined) return `one of ${schema.enum.map(text).join(', ')}`;
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) return variants.map(inWords).join(' or ');
  if (schema.items !== undefined) return `list of ${inWords(schema.items)}${schema.maxItems === undefined ? '' : `, at most ${schema.maxItems}`}`;
  const range = [
    schema.minimum === undefined || schema.minimum < -1e9 ? '' : `from ${schema.minimum}`,
    schema.maximum === undefined || schema.maximum > 1e9 ? '' : `to ${schema.maximum}`,
    schema.minLength === undefined ? '' : `at least ${schema.minLength}`,
    schema.maxLength === undefined ? '' : `at most ${schema.maxLength}`,
    schema.format ?? '',
  ].filter((part) => part !== '');
  const kind = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything');
  return [kind === 'string' ? 'text' : kind, ...range.map(text)].join(', ');
};

const fieldRows = (schema: Schema, prefix = '', depth = 0): string =>
  Object.entries(schema.properties ?? {})
    .map(([name, field]) => {
      const path = `${prefix}${name}`;
      const inner = field.items?.properties === undefined ? field : field.items;
      const nested =
        depth < 3 && inner.properties !== undefined ? fieldRows(inner, `${path}${field.items === undefined ? '' : '[]'}.`, depth + 1) : '';
      const mark = schema.required?.includes(name) === true ? '' : ' <i>optional</i>';
      return `<tr><td><code>${text(path)}</code>${mark}</td><td>${inWords(field)}</td></tr>${nested}`;
    })
    .join('');

const table = (schema: Schema): string => (schema.properties === undefined ? `<p>${inWords(schema)}</p>` : `<table>${fieldRows(schema)}</table>`);

const bodyOf = (title: string, content: Record<string, { schema: Schema }> | undefined): string =>
  content === undefined
    ? ''
    : Object.entries(content)
        .map(([type, { schema }]) => `<h4>${title} <small>${text(type)}</small></h4>${table(schema)}`)
        .join('');

const operationHtml = (path: string, method: string, operation: Operation): string => `
<details id="${text(operation.operationId)}"><summary><b class="${method}">${method.toUpperCase()}</b> <code>${text(path)}</code> ${text(operation.summary)}</summary>
<p>${text(operation.description).replace(/`([^`]+)`/g, '<code>$1</code>')}</p>
${
  operation.parameters.length === 0
    ? ''
    : `<h4>Parameters</h4><table>${operation.parameters
        .map(
          (parameter) =>
            `<tr><td><code>${text(parameter.name)}</code> <small>${parameter.in}</small>${parameter.required ? '' : ' <i>optional</i>'}</td><td>${inWords(parameter.schema)} ${text(parameter.description ?? '')}</td></tr>`,
        )
        .join('')}</table>`
}
${bodyOf('Body', operation.requestBody?.content)}
<h4>Answers</h4><table>${Object.entries(operation.responses)
  .map(
    ([status, { description, content = {} }]) =>
      `<tr><td>${status}</td><td>${text(description)} ${Object.values(content)
        .map(({ schema }) => (schema.$ref === undefined ? '' : inWords(schema)))
        .join(' ')}</td></tr>`,
  )
  .join('')}</table></details>`;

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}h1,h2{line-height:1.2}
nav a{margin-right:1rem}details{border:1px solid #d5dae1;border-radius:6px;margin:.4rem 0;padding:.5rem .8rem}summary{cursor:pointer}
table{border-collapse:collapse;width:100%}td{border-top:1px solid #e6e9ee;padding:.25rem .5rem;vertical-align:top}code{background:#f3f5f8;padding:0 .25rem}
b.get{color:#0a6640}b.post{color:#0b4f9e}b.put{color:#8a5a00}b.delete{color:#a11a1a}i,small{color:#5b6573}@media(prefers-color-scheme:dark){body{background:#14171b;color:#e6e9ee}code{background:#22272e}details,td{border-color:#333a44}b.get{color:#5fd39b}b.post{color:#7db7ff}b.put{color:#e8b04a}b.delete{color:#ff8b8b}a{color:#9cc7ff}}`;

/** The API as one readable page: no script, nothing loaded from elsewhere. */
export const pageOf = (document: ApiDocument): string => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const section = (tag: string): string =>
    `<h2 id="tag-${text(tag)}">${text(tag)}</h2>${operations
      .filter(({ operation }) => operation.tags.includes(tag))
      .map(({ path, method, operation }) => operationHtml(path, method, operation))
      .join('')}`;
  const schemas = Object.entries(document.components.schemas)
    .map(([name, schema]) => `<details id="${text(name)}"><summary><b>${text(name)}</b></summary>${table(schema)}</details>`)
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${text(document.info.title)} API</title><style>${style}</style></head><body>
<h1>${text(document.info.title)} API <small>${text(document.info.version)}</small></h1><p>${text(document.info.summary)}. As a document: <a href="openapi.json">openapi.json</a>.</p>
<nav>${document.tags.map(({ name }) => `<a href="#tag-${text(name)}">${text(name)}</a>`).join('')}<a href="#schemas">schemas</a></nav>
${document.tags.map(({ name }) => section(name)).join('')}<h2 id="schemas">schemas</h2>${schemas}</body></html>`;
};
