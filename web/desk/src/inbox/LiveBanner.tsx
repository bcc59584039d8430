import { useT } from '../i18n';
import { useLive } from '../live/LiveProvider';
import { Late } from '../ui/Skeleton';
import { Icon } from '../ui/Icon';

/** Over the list while what one sees may be old. */
export function LiveBanner() {
  const t = useT();
  const status = useLive((state) => state.status);
  if (status !== 'offline' && status !== 'catching') return null;
  return (
    <Late>
      <div className="banner" role="status">
        <Icon name="refresh" size="s" />
        <span>
          {t(`live.${status}`)}. {t(`live.hint.${status}`)}.
        </span>
      </div>
    </Late>
  );
}
