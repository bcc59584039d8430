import type { paths as described } from './schema';
import type { FolderMail, FolderMailBody, Page, Problem } from './types';

interface Answers<T> {
  200: { content: { 'application/json': T } };
  default: { content: { 'application/problem+json': Problem } };
}

/** The demonstration's folder of mail, which the document leaves out. */
interface Demonstration {
  '/mail-folder': { get: { parameters: object; responses: Answers<Page<FolderMail>> } };
  '/mail-folder/{name}': {
    get: { parameters: { path: { name: string } }; responses: Answers<FolderMailBody> };
  };
}

/** The hub's routes in the form that openapi-fetch reads. */
export type paths = described & Demonstration;
