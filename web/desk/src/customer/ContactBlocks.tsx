import type { Contact, Conversation } from '../api/types';
import { Consents } from './Consents';
import { EarlierIssues } from './EarlierIssues';
import { Identities } from './Identities';
import { Merges } from './Merges';
import { Notes } from './Notes';
import { OpenConversations } from './OpenConversations';
import { OpenIssues } from './OpenIssues';
import { Story } from './Story';
import { Suggestions } from './Suggestions';
import { Who } from './Who';

/** Everything known of a customer, what is open first. */
export function ContactBlocks({ contact, conversation }: { contact: Contact; conversation?: Conversation }) {
  return (
    <>
      <Who contact={contact} />
      <OpenIssues tickets={contact.open_tickets} conversation={conversation} />
      <EarlierIssues tickets={contact.earlier_tickets} />
      <OpenConversations contact={contact} current={conversation?.id} />
      <Identities contact={contact} />
      <Consents contact={contact} />
      <Suggestions contact={contact} />
      <Notes contact={contact} />
      <Merges contact={contact} />
      <Story contact={contact} />
    </>
  );
}
