import type { Message } from '../api/types';
import { useT } from '../i18n';
import { Icon } from '../ui/Icon';

/** A place sent by the customer: a link that the officer may follow; nothing is loaded by itself. */
export function Place({ place }: { place: NonNullable<Message['place']> }) {
  const t = useT();
  const at = `${place.latitude.toFixed(5)}, ${place.longitude.toFixed(5)}`;
  const href = `https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=16/${place.latitude}/${place.longitude}`;
  return (
    <a className="file" href={href} target="_blank" rel="noopener noreferrer">
      <Icon name="pin" />
      <span className="cut">{place.title ?? t('message.place')}</span>
      <span className="t3 sm num">{at}</span>
    </a>
  );
}
