import { useTexts } from '../i18n';
import { exactWhen, fullWhen, shortWhen } from '../lib/time';
import { useNow } from '../lib/useNow';

/** A moment in few words; the whole of it on hover. */
export function When({ at, full }: { at: string; full?: boolean }) {
  const { locale } = useTexts();
  const now = useNow(60_000);
  return (
    <time dateTime={at} title={exactWhen(at, locale)}>
      {full ? fullWhen(at, now, locale) : shortWhen(at, now, locale)}
    </time>
  );
}
