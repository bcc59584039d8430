/** Files that are sent to the hub before the message that they belong to. */

import { MAX_FILES, type State } from './state';
import type { SentFile } from './types';

export interface Upload {
  key: number;
  name: string;
  size: number;
  media_type: string;
  /** To look at it at once, for pictures. */
  preview: string | null;
  /** From 0 to 1. */
  progress: number;
  state: 'going' | 'done' | 'failed';
  id: string | null;
  file: File;
}

let counter = 0;

function newUpload(file: File): Upload {
  const picture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  return {
    key: counter++,
    name: file.name || 'file',
    size: file.size,
    media_type: file.type || 'application/octet-stream',
    preview: picture ? URL.createObjectURL(file) : null,
    progress: 0,
    state: 'going',
    id: null,
    file,
  };
}

/** What changes when a file is chosen: it is on its way, or the visitor is told why it cannot be. */
export function attached(state: State, file: File, send: (upload: Upload) => void): Partial<State> {
  if (state.uploads.length >= MAX_FILES) return { trouble: { kind: 'too_many' } };
  if (file.size > state.maxFile) return { trouble: { kind: 'too_large', name: file.name } };
  const upload = newUpload(file);
  send(upload);
  return { uploads: [...state.uploads, upload], trouble: null };
}

/** Sends it. `changed` is called with each step and at the end. */
export function sendUpload(
  url: string,
  visitor: string,
  upload: Upload,
  changed: (now: Upload) => void,
): void {
  const request = new XMLHttpRequest();
  const tell = (change: Partial<Upload>) => changed({ ...upload, ...change });
  request.open('POST', url);
  request.setRequestHeader('Authorization', `Bearer ${visitor}`);
  request.upload.onprogress = (event) => tell({ progress: event.loaded / event.total });
  request.onerror = () => tell({ state: 'failed' });
  request.onload = () => {
    try {
      const { id } = JSON.parse(request.responseText) as { id?: string };
      if (request.status === 201 && id) tell({ progress: 1, state: 'done', id });
      else tell({ state: 'failed' });
    } catch {
      tell({ state: 'failed' });
    }
  };
  const form = new FormData();
  form.append('file', upload.file, upload.name);
  request.send(form);
}

export function asSent(upload: Upload): SentFile {
  const { name, media_type, size } = upload;
  return { id: upload.id ?? '', name, media_type, size, url: upload.preview ?? '' };
}
