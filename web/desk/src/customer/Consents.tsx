import { Autocomplete, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import type { Contact } from '../api/types';
import { can } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon, useKindName } from '../ui/ChannelIcon';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';
import { Block } from './Block';
import { useContactAct } from './useContactAct';

const KINDS = ['email', 'telegram', 'webchat', 'phone'];

/** Whether the customer agreed to offers, by channel: who noted it and where it was said is in the time line. */
export function Consents({ contact }: { contact: Contact }) {
  const t = useT();
  const me = useMe();
  const kindName = useKindName();
  const [changed, setChanged] = useState<string | null>(null);
  const has = (kind: string) =>
    contact.identities.some((one) => one.kind === kind) ||
    contact.consents.some((one) => one.channel_kind === kind);
  const kinds = KINDS.filter(has);
  if (kinds.length === 0) return null;
  return (
    <Block name="offers" title={t('consent.title')}>
      {kinds.map((kind) => {
        const said = contact.consents.find((one) => one.channel_kind === kind);
        const kept = contact.suppressed.find((one) => one.kind === kind);
        return (
          <div key={kind} className="consent-row">
            <ChannelIcon kind={kind} said />
            <span className="grow">
              {said ? (
                <span className={said.state === 'granted' ? 'row gap1 ok' : 'row gap1'}>
                  <Icon name={said.state === 'granted' ? 'check' : 'x'} size="xs" />
                  {t(`consent.${said.state}`)}
                </span>
              ) : (
                <span className="t3">{t('consent.never')}</span>
              )}
              {said && (
                <span className="t3 sm" title={said.proof ?? undefined}>
                  {said.source}, <When at={said.at} />
                </span>
              )}
              {kept && (
                <span className="row gap1 soon sm" title={kept.value}>
                  <Icon name="alert" size="xs" />
                  {t('consent.suppressed', { reason: t(`kept.${kept.reason}`) })}
                </span>
              )}
            </span>
            {can(me, 'contacts:write') && (
              <IconButton
                icon="edit"
                label={t('consent.change', { channel: kindName(kind) })}
                className="tight"
                onClick={() => setChanged(kind)}
              />
            )}
          </div>
        );
      })}
      {changed && <ConsentDialog contact={contact} kind={changed} onClose={() => setChanged(null)} />}
    </Block>
  );
}

function ConsentDialog({ contact, kind, onClose }: { contact: Contact; kind: string; onClose: () => void }) {
  const t = useT();
  const kindName = useKindName();
  const act = useContactAct(contact.id);
  const said = contact.consents.find((one) => one.channel_kind === kind);
  const [state, setState] = useState<'granted' | 'withdrawn'>(
    said?.state === 'granted' ? 'withdrawn' : 'granted',
  );
  const [source, setSource] = useState('');
  const [proof, setProof] = useState('');
  const save = () =>
    act.mutate(
      async () => {
        await ok(
          api.PUT('/contacts/{id}/consents/{kind}', {
            params: { path: { id: contact.id, kind } },
            body: { state, source: source.trim(), proof: proof.trim() || null },
          }),
        );
        return undefined;
      },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('consent.dialog', { channel: kindName(kind) })}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="primary" type="submit" busy={act.isPending} disabled={!source.trim()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <p className="t2">{t('consent.says', { name: contact.name })}</p>
      <SegmentedControl
        fullWidth
        aria-label={t('consent.says', { name: contact.name })}
        value={state}
        onChange={(value) => setState(value as 'granted' | 'withdrawn')}
        data={[
          { value: 'granted', label: t('consent.yes') },
          { value: 'withdrawn', label: t('consent.no') },
        ]}
      />
      <Autocomplete
        label={t('consent.source')}
        data={[
          t('consent.source_phone'),
          t('consent.source_shop'),
          t('consent.source_chat'),
          t('consent.source_form'),
        ]}
        maxLength={200}
        value={source}
        onChange={setSource}
        error={fieldError(act.error, 'source', t)}
      />
      <TextInput
        label={`${t('consent.proof')} (${t('optional')})`}
        placeholder={t('consent.proof_hint')}
        maxLength={1000}
        value={proof}
        onChange={(event) => setProof(event.currentTarget.value)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}
