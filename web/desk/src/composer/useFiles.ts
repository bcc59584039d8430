import { useRef, useState } from 'react';
import { upload } from '../api/client';
import type { FileRef } from '../api/types';
import { useTexts } from '../i18n';
import { byteWords } from '../lib/bytes';
import { errorWords } from '../ui/Failed';

export interface Upload {
  key: number;
  name: string;
  share: number;
  error: string | null;
  stop: () => void;
}

/** Files on their way to the hub. */
export function useFiles(most: number | null, onDone: (file: FileRef) => void) {
  const { t, locale } = useTexts();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const last = useRef(0);
  const change = (key: number, some: Partial<Upload>) =>
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, ...some } : one)));
  const drop = (key: number) => setUploads((all) => all.filter((one) => one.key !== key));

  const add = (files: Iterable<File>) => {
    for (const file of files) {
      last.current += 1;
      const key = last.current;
      const stop = new AbortController();
      const quit = () => {
        stop.abort();
        drop(key);
      };
      const large = most !== null && file.size > most;
      const error = large ? t('file.too_large', { most: byteWords(most, locale) }) : null;
      setUploads((all) => [...all, { key, name: file.name, share: 0, error, stop: quit }]);
      if (large) continue;
      upload(file, (share) => change(key, { share }), stop.signal).then(
        (done) => {
          drop(key);
          onDone(done);
        },
        (failure: unknown) => change(key, { error: errorWords(failure, t) }),
      );
    }
  };
  return { uploads, add, busy: uploads.some((one) => !one.error) };
}
