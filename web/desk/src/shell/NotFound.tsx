import { Link } from '@tanstack/react-router';
import { useT } from '../i18n';
import { Empty } from '../ui/Empty';

export function NotFound() {
  const t = useT();
  return (
    <main className="whole">
      <Empty icon="search" title={t('error.not_found')}>
        <Link className="btn small primary" to="/">
          {t('nav.inbox')}
        </Link>
      </Empty>
    </main>
  );
}
