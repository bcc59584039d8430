import { Fragment, useState } from 'react';
import { api, ok } from '../api/client';
import { useChannels } from '../api/queries';
import type { Contact, Identity } from '../api/types';
import { useT } from '../i18n';
import { IconButton, Button } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { toast } from '../ui/toasts';
import { When } from '../ui/When';
import { AddIdentity } from './AddIdentity';
import { Block } from './Block';
import { useContactAct } from './useContactAct';

/** Where the customer can be reached, and how sure we are that it is them. */
export function Identities({ contact }: { contact: Contact }) {
  const t = useT();
  const act = useContactAct(contact.id);
  const [adding, setAdding] = useState(false);
  const [gone, setGone] = useState<Identity | null>(null);
  const bot = (useChannels().data ?? []).find((one) => one.kind === 'telegram' && one.enabled);
  const linked = contact.identities.some((one) => one.kind === 'telegram');
  const path = (identity: Identity) => ({ params: { path: { id: contact.id, identity_id: identity.id } } });
  const verify = (identity: Identity) =>
    act.mutate(() => ok(api.POST('/contacts/{id}/identities/{identity_id}/verify', path(identity))));
  const remove = (identity: Identity) =>
    act.mutate(async () => {
      await ok(api.DELETE('/contacts/{id}/identities/{identity_id}', path(identity)));
      setGone(null);
      return undefined;
    });
  const link = () =>
    act.mutate(async () => {
      const body = { channel_id: bot?.id ?? '' };
      const { url } = await ok(
        api.POST('/contacts/{id}/links', { params: { path: { id: contact.id } }, body }),
      );
      await navigator.clipboard.writeText(url).catch(() => undefined);
      toast({ text: t('identity.link_copied', { url }), icon: 'link', until: Date.now() + 15_000 });
      return undefined;
    });
  return (
    <Block
      name="reached"
      title={t('customer.reached_by')}
      count={contact.identities.length}
      end={
        <IconButton icon="plus" label={t('identity.add')} className="tight" onClick={() => setAdding(true)} />
      }
    >
      {contact.identities.map((identity) => (
        <div key={identity.id} className="ident">
          <ChannelIcon kind={identity.kind} said />
          <span className="cut" title={identity.value}>
            {identity.shown}
          </span>
          <span className="row gap1">
            {identity.verified_at ? (
              <Icon name="verified" className="v" label={t('identity.proven')} />
            ) : (
              <span className="chip line">{t('identity.not_proven')}</span>
            )}
            <Pick
              target={
                <IconButton
                  icon="more"
                  label={t('identity.more', { shown: identity.shown })}
                  className="tight"
                />
              }
            >
              {!identity.verified_at && (
                <Pick.Item leftSection={<Icon name="verified" />} onClick={() => verify(identity)}>
                  {t('identity.vouch')}
                </Pick.Item>
              )}
              <Pick.Item
                leftSection={<Icon name="copy" />}
                onClick={() => void navigator.clipboard.writeText(identity.value)}
              >
                {t('copy')}
              </Pick.Item>
              <Pick.Item
                leftSection={<Icon name="trash" />}
                className="danger"
                onClick={() => setGone(identity)}
              >
                {t('identity.remove')}
              </Pick.Item>
            </Pick>
          </span>
          <span className="how">
            <How identity={identity} />
          </span>
        </div>
      ))}
      {bot && !linked && (
        <Button small icon="plane" className="top2" busy={act.isPending} onClick={link}>
          {t('identity.telegram_link')}
        </Button>
      )}
      {adding && <AddIdentity contact={contact} onClose={() => setAdding(false)} />}
      {gone && (
        <Confirm
          title={t('identity.remove')}
          text={t('identity.remove_text', { shown: gone.shown })}
          act={t('remove')}
          busy={act.isPending}
          onYes={() => remove(gone)}
          onClose={() => setGone(null)}
        />
      )}
    </Block>
  );
}

function How({ identity }: { identity: Identity }) {
  const t = useT();
  if (!identity.verified_at || !identity.proof) {
    return (
      <>
        {t('identity.first_seen')} <When at={identity.first_seen_at} />
      </>
    );
  }
  return (
    <Fragment>
      {t(`proof.${identity.proof}`)}, <When at={identity.verified_at} />
    </Fragment>
  );
}
