import { useTexts } from '../i18n';
import { clock } from '../lib/time';
import { useLive } from '../live/LiveProvider';

/** Whether what one sees is what there is. */
export function LiveMark() {
  const { t, locale } = useTexts();
  const status = useLive((state) => state.status);
  const since = useLive((state) => state.downSince);
  const online = useLive((state) => state.online);
  const led = { live: '', catching: 'amber', connecting: 'amber', offline: 'off' }[status];
  const words =
    status === 'offline' && since !== null
      ? t('live.offline_since', { time: clock(since, locale) })
      : t(`live.${status}`);
  const hint = status === 'connecting' ? undefined : t(`live.hint.${status}`);
  return (
    <div className="live" title={hint}>
      <span className={`led ${led}`} />
      <span role="status">{words}</span>
      {status === 'live' && online !== null && (
        <span className="end cut">{t('live.officers', { n: online })}</span>
      )}
    </div>
  );
}
