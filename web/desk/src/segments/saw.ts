import type { Explained } from '../api/types';
import { useTexts } from '../i18n';
import { exactWhen } from '../lib/time';

/** What a condition saw of a customer, in words. */
export function useSaw(): (saw: Explained['saw']) => string {
  const { t, locale } = useTexts();
  return (saw) => {
    switch (saw.type) {
      case 'group':
        return t('saw.group', { met: saw.met, of: saw.of });
      case 'text':
        return saw.value ? t('saw.text', { value: saw.value }) : t('saw.nothing');
      case 'tags':
        return saw.tags.join(', ') || t('saw.no_tags');
      case 'time':
        return saw.at ? exactWhen(saw.at, locale) : t('saw.never');
      case 'consent':
        if (!saw.state) return t('saw.consent_never');
        return t('saw.consent', { state: t(`agreed.${saw.state}`), source: saw.source ?? '' });
      case 'addresses':
        if (saw.addresses.length === 0) return t('saw.no_address');
        return saw.addresses
          .map(({ shown, proved, suppressed }) =>
            t(suppressed ? 'saw.suppressed' : proved ? 'saw.proven' : 'saw.unproven', { shown }),
          )
          .join(' · ');
      case 'count':
        return t('saw.count', { n: saw.count });
    }
  };
}
