import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError, NoConnection } from './errors';
import type { paths } from './paths';
import type { FileRef, Problem, Refined, Sent } from './types';

/** Called when the hub says that nobody is signed in. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

const signedOut: Middleware = {
  onResponse({ response, schemaPath }) {
    if (response.status === 401 && schemaPath !== '/session') onSignedOut();
  },
};

export const api = createClient<paths>({
  baseUrl: '/api/v1',
  credentials: 'same-origin',
  querySerializer: { array: { style: 'form', explode: true } },
});
api.use(signedOut);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The answer's data, or an `ApiError` (the hub refused) or `NoConnection` (it was not reached). */
export async function ok<T>(answer: Promise<Answer<T>>): Promise<Refined<Sent<T>>> {
  let got: Answer<T>;
  try {
    got = await answer;
  } catch (cause) {
    throw new NoConnection({ cause });
  }
  if (got.error !== undefined || !got.response.ok) throw new ApiError(asProblem(got.error, got.response));
  return got.data as Refined<Sent<T>>;
}

function asProblem(error: unknown, response: Response): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error) return error as Problem;
  return {
    type: 'about:blank',
    title: response.statusText || 'Error',
    status: response.status,
    code: response.status === 413 ? 'too_large' : response.status >= 502 ? 'unreachable' : 'internal',
    request_id: response.headers.get('x-request-id') ?? undefined,
  };
}

/** A key that makes a repeated POST count once. */
export function once(): { headers: Record<string, string> } {
  return { headers: { 'Idempotency-Key': crypto.randomUUID() } };
}

/** Refuses the change when someone changed the thing meanwhile. */
export function ifStill(version: number): { headers: Record<string, string> } {
  return { headers: { 'If-Match': `"${version}"` } };
}

/** Uploads one file, telling how far it is (0 to 1). */
export function upload(
  file: File,
  progress: (share: number) => void,
  signal?: AbortSignal,
): Promise<FileRef> {
  return sendFile<FileRef>('/files', file, progress, signal);
}

/** Sends one file to a route that takes a form with a field `file`. */
export function sendFile<Answered>(
  path: '/files' | '/imports',
  file: File,
  progress: (share: number) => void,
  signal?: AbortSignal,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1${path}`);
    request.responseType = 'json';
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status < 300) return resolve(request.response as Answered);
      const response = new Response(null, { status: request.status, statusText: request.statusText });
      reject(new ApiError(asProblem(request.response, response)));
    };
    request.onerror = () => reject(new NoConnection());
    signal?.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}
