/** Before the first message. */

import type { Chat } from '../chat';
import { wordsOf } from '../messages';

export function Start({ chat }: { chat: Chat }) {
  const { state } = chat;
  const words = wordsOf(chat);
  const looks = state.looks;
  return (
    <div class="start">
      <p class="hello">{looks?.greeting || words.greeting}</p>
      <div class="qr left">
        {looks?.quick_replies.map((label) => (
          <button key={label} onClick={() => chat.say(label)}>
            {label}
          </button>
        ))}
      </div>
      <p class="small">{words.privacy}</p>
    </div>
  );
}
