import { NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { useCauses, useCurrency } from '../api/queries';
import type { Ticket } from '../api/types';
import { useT, useTexts } from '../i18n';
import { digitsOf, minorOf } from '../lib/money';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { TermSelect } from './TermSelect';
import { useTicketAct } from './useTicketAct';

/** Solving asks why it happened and what was done for the customer: the next officer reads it first. */
export function SolveDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  const { locale } = useTexts();
  const act = useTicketAct();
  const causes = useCauses().data ?? [];
  const currency = useCurrency();
  const [cause, setCause] = useState<string | null>(ticket.cause?.id ?? null);
  const [remedy, setRemedy] = useState(ticket.remedy ?? '');
  const [cost, setCost] = useState<number | string>('');
  const complaint = ticket.kind === 'complaint';
  const minor = minorOf(cost, currency);
  const ready = remedy.trim() !== '' && (cause !== null || !complaint) && minor !== undefined;
  const solve = () =>
    act.mutate(
      () =>
        ok(
          api.POST('/tickets/{id}/solve', {
            params: { path: { id: ticket.id } },
            body: { cause_id: cause, remedy: remedy.trim(), remedy_cost: minor },
          }),
        ),
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('ticket.solve_title', { number: ticket.number })}
      size={480}
      onClose={onClose}
      onSubmit={() => ready && solve()}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" icon="check" busy={act.isPending} disabled={!ready}>
            {t('thread.solve')}
          </Button>
        </>
      }
    >
      <TermSelect
        label={t('ticket.cause')}
        description={t(complaint ? 'ticket.cause_hint' : 'optional')}
        withAsterisk={complaint}
        terms={causes}
        value={cause}
        onChange={setCause}
        error={fieldError(act.error, 'cause_id', t)}
        data-autofocus={cause === null || undefined}
      />
      <Textarea
        label={t(complaint ? 'ticket.remedy' : 'ticket.answer')}
        description={t('ticket.remedy_hint')}
        withAsterisk
        autosize
        minRows={2}
        maxLength={500}
        value={remedy}
        onChange={(event) => setRemedy(event.currentTarget.value)}
        error={fieldError(act.error, 'remedy', t)}
        data-autofocus={cause !== null || undefined}
      />
      <NumberInput
        label={t('ticket.cost')}
        description={t('optional')}
        leftSection={<span className="t3 sm">{currency}</span>}
        leftSectionWidth={48}
        min={0}
        decimalScale={digitsOf(currency || 'IDR')}
        thousandSeparator={locale === 'id-ID' ? '.' : ','}
        decimalSeparator={locale === 'id-ID' ? ',' : '.'}
        hideControls
        value={cost}
        onChange={setCost}
        error={fieldError(act.error, 'remedy_cost', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
