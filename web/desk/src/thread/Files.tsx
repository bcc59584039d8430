import { Modal } from '@mantine/core';
import { useState } from 'react';
import type { FileRef } from '../api/types';
import { useT, useTexts } from '../i18n';
import { byteWords } from '../lib/bytes';
import { Icon } from '../ui/Icon';

/** Pictures as they are, other files by name. */
export function Files({ files }: { files: FileRef[] }) {
  if (files.length === 0) return null;
  return (
    <div className="files">
      {files.map((file) =>
        file.preview_url ? (
          <Picture key={file.id} file={file} src={file.preview_url} />
        ) : (
          <FileLink key={file.id} file={file} />
        ),
      )}
    </div>
  );
}

function Picture({ file, src }: { file: FileRef; src: string }) {
  const t = useT();
  const [large, setLarge] = useState(false);
  return (
    <>
      <button
        type="button"
        className="photo"
        onClick={() => setLarge(true)}
        aria-label={t('file.enlarge', { name: file.name })}
      >
        <img src={src} alt={file.name} loading="lazy" />
      </button>
      <Modal
        opened={large}
        onClose={() => setLarge(false)}
        size="auto"
        title={file.name}
        centered
        classNames={{ content: 'dialog', title: 'dialog-title' }}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <img className="large" src={src} alt={file.name} />
        <div className="dialog-foot">
          <a className="btn small" href={file.url} download={file.name}>
            <Icon name="down-to" size="s" />
            {t('file.download')}
          </a>
        </div>
      </Modal>
    </>
  );
}

function FileLink({ file }: { file: FileRef }) {
  const { t, locale } = useTexts();
  return (
    <a className="file" href={file.url} download={file.name} title={t('file.download')}>
      <Icon name="clip" />
      <span className="cut">{file.name}</span>
      <span className="t3 sm num">{byteWords(file.size, locale)}</span>
      <Icon name="down-to" size="s" className="t3" />
    </a>
  );
}
