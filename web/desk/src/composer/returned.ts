import type { QueryClient } from '@tanstack/react-query';
import { keys } from '../api/keys';
import type { Message } from '../api/types';
import { knowFile } from './knownFiles';
import { partOfMessage, type Part } from './writing';

/** The composers that are open, by conversation: each takes what was taken back. */
const open = new Map<string, (part: Part) => void>();

export function takesBack(conversation: string, take: (part: Part) => void): () => void {
  open.set(conversation, take);
  return () => {
    if (open.get(conversation) === take) open.delete(conversation);
  };
}

/** Gives an answer that was taken back to who wrote it; the hub has made it his draft. */
export function giveBack(client: QueryClient, message: Message): void {
  message.files.forEach(knowFile);
  const take = open.get(message.conversation_id);
  if (take) take(partOfMessage(message));
  else client.removeQueries({ queryKey: keys.draft(message.conversation_id) });
}
