import type { FileRef } from '../api/types';
import { useTexts } from '../i18n';
import { byteWords } from '../lib/bytes';
import { Icon } from '../ui/Icon';
import type { Upload } from './useFiles';

/** Files that go with the message, and those still on their way to the hub. */
export function Attachments({
  files,
  uploads,
  onRemove,
}: {
  files: FileRef[];
  uploads: Upload[];
  onRemove: (id: string) => void;
}) {
  const { t, locale } = useTexts();
  if (files.length + uploads.length === 0) return null;
  return (
    <ul className="attached" aria-label={t('composer.files')}>
      {files.map((file) => (
        <li key={file.id} className="file">
          {file.preview_url ? <img className="thumb" src={file.preview_url} alt="" /> : <Icon name="clip" />}
          <span className="cut">{file.name}</span>
          <span className="t3 sm num">{byteWords(file.size, locale)}</span>
          <button
            type="button"
            className="ib"
            aria-label={t('composer.remove', { name: file.name })}
            onClick={() => onRemove(file.id)}
          >
            <Icon name="x" size="s" />
          </button>
        </li>
      ))}
      {uploads.map((one) => (
        <li key={one.key} className="file">
          <Icon name={one.error ? 'alert' : 'clip'} className={one.error ? 'bad' : undefined} />
          <span className="cut">{one.name}</span>
          {one.error ? (
            <span className="bad sm">{one.error}</span>
          ) : (
            <progress value={one.share} max={1} aria-label={t('composer.uploading', { name: one.name })} />
          )}
          <button
            type="button"
            className="ib"
            aria-label={t('composer.remove', { name: one.name })}
            onClick={one.stop}
          >
            <Icon name="x" size="s" />
          </button>
        </li>
      ))}
    </ul>
  );
}
