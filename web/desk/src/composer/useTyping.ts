import { useCallback, useEffect, useRef } from 'react';
import { useLiveLine } from '../live/LiveProvider';

const REPEAT = 3000;
const REST = 5000;

/** Tells colleagues, and the customer where the channel can, that an answer is being written. */
export function useTyping(conversation: string, on: boolean) {
  const { say } = useLiveLine();
  const said = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = useCallback(() => {
    clearTimeout(timer.current);
    if (said.current === 0) return;
    said.current = 0;
    say({ type: 'typing', conversation_id: conversation, on: false });
  }, [say, conversation]);
  const go = useCallback(() => {
    if (!on) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(stop, REST);
    if (Date.now() - said.current < REPEAT) return;
    said.current = Date.now();
    say({ type: 'typing', conversation_id: conversation, on: true });
  }, [say, conversation, on, stop]);
  useEffect(() => stop, [stop]);
  return { go, stop };
}
