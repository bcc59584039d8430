import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Mailing } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useTexts } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { Failed, FormError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import { Reasons } from './LeftOut';
import { useMailingAct } from './queries';

/** What the mailing would come to, and the button that begins it. */
export function ReviewPart({ mailing, saving }: { mailing: Mailing; saving: boolean }) {
  const { t, locale } = useTexts();
  const act = useMailingAct(mailing.id);
  const [asked, setAsked] = useState(false);
  const path = { id: mailing.id };
  const query = useQuery({
    queryKey: [...keys.mailing(mailing.id), 'review', mailing.version],
    queryFn: () => ok(api.GET('/mailings/{id}/review', { params: { path } })),
    staleTime: 10_000,
    // What was counted before a change stays until it is counted again; it begins nothing meanwhile.
    placeholderData: keepPreviousData,
  });
  const sends = may(useMe(), 'mailings.send');
  const figure = (n: number) => n.toLocaleString(locale);
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />;
  const review = query.data;
  if (!review) return <LineSkeletons count={4} />;
  const ready = review.recipients > 0 && review.missing.length === 0;
  return (
    <section className="sect">
      <h2>
        {t('mailing.review')}
        <span className="count">{t('mailing.meant_count', { n: figure(review.audience) })}</span>
        <span className="end row">
          <Button
            small
            look="quiet"
            icon="refresh"
            busy={query.isFetching}
            onClick={() => void query.refetch()}
          >
            {t('mailing.count_again')}
          </Button>
        </span>
      </h2>
      <div className="two">
        <div className="card pad">
          <div className="figure-big">{figure(review.recipients)}</div>
          <p className="t2">{t('mailing.would_get', { n: figure(review.recipients) })}</p>
          {review.missing.map((one) => (
            <p key={one.name} className="row start sm missing" role="alert">
              <Icon name="alert" size="s" />
              <span>
                {t('mailing.missing', { name: one.name, n: figure(one.count) })}{' '}
                <Link to="/contacts/$contactId" params={{ contactId: one.example.id }}>
                  {one.example.name}
                </Link>
              </span>
            </p>
          ))}
          {review.missing.length > 0 && <p className="sm t3">{t('mailing.missing_hint')}</p>}
          {sends && (
            <Button
              look="primary"
              icon="send"
              className="spaced"
              disabled={!ready}
              onClick={() => setAsked(true)}
            >
              {t('mailing.start')}
            </Button>
          )}
          {!sends && <p className="sm t3 spaced">{t('mailing.may_not_start')}</p>}
        </div>
        {review.exclusions.length > 0 ? (
          <Reasons counts={review} />
        ) : (
          <p className="t3">{t('mailing.nobody_left_out')}</p>
        )}
      </div>
      {asked && (
        <Dialog
          title={t('mailing.start_title', { n: figure(review.recipients) })}
          size={440}
          onClose={() => setAsked(false)}
          onSubmit={() =>
            act.mutate(() => ok(api.POST('/mailings/{id}/start', { params: { path } })), {
              onSuccess: () => setAsked(false),
            })
          }
          foot={
            <>
              <Button look="quiet" onClick={() => setAsked(false)}>
                {t('cancel')}
              </Button>
              <Button
                look="primary"
                type="submit"
                icon="send"
                busy={act.isPending || saving || query.isFetching}
                disabled={!ready}
                data-autofocus
              >
                {t('mailing.start_do')}
              </Button>
            </>
          }
        >
          <p className="t2">
            {t('mailing.start_text', { name: mailing.name, channel: mailing.channel.name })}
          </p>
          <FormError error={act.error} />
        </Dialog>
      )}
    </section>
  );
}
