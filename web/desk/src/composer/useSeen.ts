import { useRef } from 'react';
import type { Conversation } from '../api/types';

/**
 * The newest event that the officer had seen when the present text was begun. A colleague's
 * answer that comes while one writes is therefore told at sending, though the thread shows it.
 */
export function useSeen(conversation: Conversation, text: string) {
  const seq = useRef(conversation.last_seq);
  if (!text) seq.current = conversation.last_seq;
  return {
    get seq() {
      return seq.current;
    },
    renew: () => {
      seq.current = conversation.last_seq;
    },
  };
}
