import { createdId } from '../shared/kernel/ids.ts';
import type { Problem } from '../shared/contracts/problem.ts';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  body: T;
  text: string;
  /** The ETag, as the number it is. */
  version: number;
}

/** An answer that the command did not expect: carries what the API said, in one line. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  constructor(method: string, path: string, status: number, problem: Partial<Problem>) {
    const faults = (problem.errors ?? []).map(({ path: place, message }) => `${place} ${message}`).join('; ');
    super(
      `${method} ${path}: ${status} ${problem.title ?? ''}${problem.detail === undefined ? '' : `. ${problem.detail}`}${faults === '' ? '' : `. ${faults}`}`,
    );
    this.status = status;
  }
}

const mostAttempts = 3;

interface Request {
  body?: unknown;
  /** What this creates, in words: the same words give the same Idempotency-Key, so a command can be run again. */
  key?: string;
  ifMatch?: number;
  contentType?: string;
  query?: Readonly<Record<string, string>>;
  /** Statuses besides 2xx that the caller deals with itself. */
  expected?: readonly number[];
}

/** The HTTP API as one caller sees it. Every command goes through here: the command-line tool has no other way in. */
export class ApiClient {
  readonly #url: string;
  readonly #token: string;
  constructor(url: string, token: string) {
    this.#url = url.replace(/\/$/, '');
    this.#token = token;
  }

  async send<T = Record<string, unknown>>(method: string, path: string, request: Request = {}): Promise<Answer<T>> {
    const { body, key, ifMatch, contentType = 'application/json', query = {}, expected = [] } = request;
    const search = new URLSearchParams(query).toString();
    const response = await this.#fetch(`${this.#url}${path}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(key === undefined ? {} : { 'idempotency-key': createdId('key', key) }),
        ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : {};
    if (!response.ok && !expected.includes(response.status)) throw new ApiError(method, path, response.status, parsed as Partial<Problem>);
    return { status: response.status, body: parsed as T, text, version: Number(response.headers.get('etag')?.replaceAll('"', '') ?? 0) };
  }

  /** Every request of Doseline can be repeated without a second effect, so what the other side could not do just then is tried again. */
  async #fetch(url: string, init: RequestInit): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(url, init);
      if (attempt === mostAttempts || (response.status < 500 && response.status !== 429)) return response;
      await new Promise((resolve) => setTimeout(resolve, attempt * 500));
    }
  }

  get<T = Record<string, unknown>>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer<T>> {
    return this.send<T>('GET', path, { query });
  }
  post<T = Record<string, unknown>>(path: string, body: unknown, request: Request = {}): Promise<Answer<T>> {
    return this.send<T>('POST', path, { ...request, body });
  }

  /** Every item of a list, page by page. */
  async list<T = Record<string, unknown>>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | undefined; ; ) {
      const { body } = await this.get<{ items: T[]; nextCursor?: string }>(path, {
        ...query,
        limit: '200',
        ...(cursor === undefined ? {} : { cursor }),
      });
      items.push(...body.items);
      cursor = body.nextCursor;
      if (cursor === undefined) return items;
    }
  }
}
