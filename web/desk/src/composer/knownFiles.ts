import type { FileRef } from '../api/types';

/** Files that were uploaded here: a draft remembers only their ids. */
const known = new Map<string, FileRef>();

export function knowFile(file: FileRef): void {
  known.set(file.id, file);
}

/** What is known of a draft's file; asked of the hub when it was uploaded elsewhere. */
export async function describeFile(id: string): Promise<FileRef> {
  const found = known.get(id);
  if (found) return found;
  const url = `/api/v1/files/${id}`;
  const answer = await fetch(url, { method: 'HEAD', credentials: 'same-origin' });
  const said = answer.headers.get('content-disposition') ?? '';
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(said)?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(said)?.[1];
  const name = encoded ? decodeURIComponent(encoded) : (plain ?? id.slice(0, 8));
  // A download says nothing of its kind (it must not run); a picture is one that has a preview.
  const preview = /\.(png|jpe?g|gif|webp)$/i.test(name)
    ? await fetch(`${url}/preview`, { method: 'HEAD', credentials: 'same-origin' })
    : undefined;
  const shown = preview?.ok === true;
  const media_type = (shown && preview.headers.get('content-type')) || 'application/octet-stream';
  const file: FileRef = {
    id,
    name,
    media_type,
    size: Number(answer.headers.get('content-length') ?? 0),
    url,
    preview_url: shown ? `${url}/preview` : null,
    content_id: null,
  };
  known.set(id, file);
  return file;
}
