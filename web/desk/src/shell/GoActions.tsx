import { useNavigate } from '@tanstack/react-router';
import { useAction } from '../keys/ActionsProvider';
import { undoLast } from '../ui/toasts';

/** The actions that can be done from everywhere. */
export function GoActions() {
  const navigate = useNavigate();
  const folder = (name: string) => () => void navigate({ to: '/inbox/$folder', params: { folder: name } });
  useAction('go_mine', folder('mine'));
  useAction('go_unassigned', folder('unassigned'));
  useAction('go_open', folder('open'));
  useAction('go_mentions', folder('mentions'));
  useAction('go_waiting', folder('waiting'));
  useAction('go_snoozed', folder('snoozed'));
  useAction('go_solved', folder('solved'));
  useAction('go_tickets', () => void navigate({ to: '/tickets' }));
  useAction('go_contacts', () => void navigate({ to: '/contacts' }));
  useAction('go_settings', () => void navigate({ to: '/settings/$section', params: { section: 'profile' } }));
  useAction('search', () => void navigate({ to: '/search' }));
  useAction('undo', () => void undoLast());
  return null;
}
