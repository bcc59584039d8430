import { useT } from '../i18n';

/** The first stop of the keyboard: past the rail and the folders. */
export function SkipLink() {
  const t = useT();
  const skip = () => {
    const main = document.querySelector<HTMLElement>('main');
    main?.setAttribute('tabindex', '-1');
    main?.focus();
  };
  return (
    <button type="button" className="skip btn" onClick={skip}>
      {t('nav.skip')}
    </button>
  );
}
