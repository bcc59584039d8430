import { useMe } from '../app/session';
import { useT } from '../i18n';
import { firstName } from '../lib/people';
import { useLive } from '../live/LiveProvider';
import { Avatar } from '../ui/Avatar';

/** Which colleagues look at the same conversation, and who of them writes. */
export function Looking({ id }: { id: string }) {
  const t = useT();
  const me = useMe();
  const present = useLive((state) => state.presence[id]);
  const others = (present ?? []).filter((one) => one.id !== me.id);
  const first = others.find((one) => one.typing) ?? others[0];
  if (!first) return null;
  const words =
    others.length > 1 && !first.typing
      ? t('thread.looking_many', { n: others.length })
      : t(first.typing ? 'thread.writing' : 'thread.looking', { name: firstName(first.name) });
  return (
    <span className="looking wide" role="status">
      {others.slice(0, 3).map((one) => (
        <Avatar key={one.id} name={one.name} officer={one.id} size={20} />
      ))}
      <span className="cut">{words}</span>
    </span>
  );
}
