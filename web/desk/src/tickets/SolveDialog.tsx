import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import type { Ticket } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { useTicketAct } from './useTicketAct';

/** Solving asks what came of it: the next officer reads it first. */
export function SolveDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  const act = useTicketAct();
  const [outcome, setOutcome] = useState(ticket.outcome ?? '');
  const solve = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/tickets/{id}/solve', {
            params: { path: { id: ticket.id } },
            body: { outcome: outcome.trim() },
          }),
        ),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('ticket.solve_title', { number: ticket.number })}
      size={440}
      onClose={onClose}
      onSubmit={solve}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" icon="check" busy={act.isPending} disabled={!outcome.trim()}>
            {t('thread.solve')}
          </Button>
        </>
      }
    >
      <Textarea
        label={t('ticket.outcome')}
        description={t('ticket.outcome_hint')}
        autosize
        minRows={2}
        value={outcome}
        onChange={(event) => setOutcome(event.currentTarget.value)}
        error={fieldError(act.error, 'outcome', t)}
        data-autofocus
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
