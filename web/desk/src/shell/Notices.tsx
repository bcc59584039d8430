import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api, ok } from '../api/client';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { useLiveLine } from '../live/LiveProvider';
import { chime } from './chime';

/** Sound and browser notice when a customer writes and nobody is looking. */
export function Notices() {
  const { hear } = useLiveLine();
  const { preferences, id: me } = useMe();
  const navigate = useNavigate();
  const t = useT();
  const sound = preferences.sound === true;
  const notify = preferences.notify === true;
  useEffect(() => {
    if (!sound && !notify) return;
    return hear((event) => {
      const heard = event.kind === 'message.received' || event.kind === 'conversation.handed_over';
      if (!heard || !event.conversation_id || document.hasFocus()) return;
      const id = event.conversation_id;
      const tell = async () => {
        const row = await ok(api.GET('/conversations/{id}', { params: { path: { id } } }));
        // What a bot answers needs nobody; what it hands over does.
        if (row.bot || (row.assignee && row.assignee.id !== me)) return;
        if (sound) chime();
        if (!notify || Notification.permission !== 'granted') return;
        const notice = new Notification(row.contact.name, {
          body: row.preview,
          tag: id,
          icon: '/favicon.svg',
        });
        notice.onclick = () => {
          window.focus();
          void navigate({
            to: '/inbox/$folder/$conversationId',
            params: { folder: 'open', conversationId: id },
          });
        };
      };
      void tell().catch(() => undefined);
    });
  }, [hear, sound, notify, me, navigate, t]);
  return null;
}
