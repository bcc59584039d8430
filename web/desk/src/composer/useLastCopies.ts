import { useMemo } from 'react';
import type { Conversation } from '../api/types';
import { useTimeline } from '../thread/useTimeline';

/** Who else stood in the conversation's last mail. */
export function useLastCopies(conversation: Conversation): string[] {
  const { items } = useTimeline(conversation.contact.id);
  return useMemo(() => {
    const last = items.findLast(
      (item) =>
        item.type === 'message' &&
        item.message.conversation_id === conversation.id &&
        item.message.channel?.kind === 'email',
    );
    if (last?.type !== 'message') return [];
    return [...last.message.also_to, ...last.message.cc];
  }, [items, conversation.id]);
}
