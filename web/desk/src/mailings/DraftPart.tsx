import { NumberInput, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ifStill, ok } from '../api/client';
import { keys } from '../api/keys';
import { useChannels } from '../api/queries';
import type { Mailing, Template } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { fieldError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LivePreview } from './LivePreview';
import { useMailingAct, useTemplates } from './queries';
import { ReviewPart } from './ReviewPart';
import { SegmentField } from './SegmentField';

const contentOf = ({ kind, subject, html, text }: Template) => ({ kind, subject, html, text });

/** A mailing before it begins: audience, content, way, limit, and what that comes to. */
export function DraftPart({ mailing }: { mailing: Mailing }) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const act = useMailingAct(mailing.id);
  const [dropping, setDropping] = useState(false);
  const writes = may(me, 'mailings.write');
  const channels = (useChannels().data ?? []).filter(
    (one) => one.kind === 'email' || one.kind === 'telegram',
  );
  const templates = (useTemplates().data ?? []).filter((one) => one.kind === mailing.channel.kind);
  const template = mailing.template?.id ?? null;
  const content = useQuery({
    enabled: template !== null,
    queryKey: keys.template(template ?? ''),
    queryFn: () => ok(api.GET('/templates/{id}', { params: { path: { id: template ?? '' } } })),
  });
  const [name, setName] = useState(mailing.name);
  const path = { id: mailing.id };
  const change = (body: Record<string, unknown>) =>
    act.mutate(() =>
      ok(api.PATCH('/mailings/{id}', { params: { path }, ...ifStill(mailing.version), body })),
    );
  const drop = () =>
    act.mutate(async () => {
      await ok(api.DELETE('/mailings/{id}', { params: { path } }));
      await navigate({ to: '/mailings' });
    });
  return (
    <div className="draft">
      <div className="row wrap gap3">
        <h1 className="title">{t('mailing.head.draft')}</h1>
        <span className="t2">{t('mailing.draft_text')}</span>
      </div>
      <div className="two spaced">
        <section className="steps">
          <TextInput
            label={t('mailing.name')}
            value={name}
            disabled={!writes}
            onChange={(event) => setName(event.currentTarget.value)}
            onBlur={() => name.trim() && name !== mailing.name && change({ name })}
            error={fieldError(act.error, 'name', t)}
          />
          <SegmentField
            value={mailing.segment?.id ?? null}
            name={mailing.segment?.name ?? null}
            disabled={!writes}
            onChange={(segment_id) => change({ segment_id })}
          />
          <Select
            label={t('mailing.channel')}
            description={mailing.channel.kind === 'telegram' ? t('mailing.telegram_hint') : undefined}
            data={channels.map((one) => ({ value: one.id, label: one.name }))}
            value={mailing.channel.id}
            allowDeselect={false}
            disabled={!writes}
            onChange={(channel_id) => {
              const kind = channels.find((one) => one.id === channel_id)?.kind;
              change(kind === mailing.channel.kind ? { channel_id } : { channel_id, template_id: null });
            }}
            error={fieldError(act.error, 'channel_id', t)}
          />
          <Select
            label={t('mailing.template')}
            placeholder={t('mailing.choose_template')}
            data={templates.map((one) => ({ value: one.id, label: one.name }))}
            value={template}
            disabled={!writes}
            allowDeselect={false}
            onChange={(template_id) => change({ template_id })}
            error={fieldError(act.error, 'template_id', t)}
            description={
              <>
                {template && (
                  <Link to="/mailings/templates/$templateId" params={{ templateId: template }}>
                    {t('mailing.edit_template')}
                  </Link>
                )}
                {!template && <Link to="/mailings/templates">{t('mailing.write_template')}</Link>}
              </>
            }
          />
          <NumberInput
            label={t('mailing.limit')}
            description={t('mailing.limit_hint')}
            placeholder={t('mailing.no_limit')}
            min={1}
            max={600000}
            allowDecimal={false}
            value={mailing.rate ?? ''}
            disabled={!writes}
            onBlur={(event) => {
              const rate = event.currentTarget.value === '' ? null : Number(event.currentTarget.value);
              if (rate !== mailing.rate) change({ rate });
            }}
            error={fieldError(act.error, 'rate', t)}
          />
          {writes && (
            <div>
              <Button small look="quiet" icon="trash" onClick={() => setDropping(true)}>
                {t('mailing.drop')}
              </Button>
            </div>
          )}
        </section>
        <section>
          {content.data ? (
            <LivePreview content={contentOf(content.data)} channel={mailing.channel.id} />
          ) : (
            <div className="card pad row t2">
              <Icon name="eye" className="t3" />
              {t('mailing.no_content')}
            </div>
          )}
        </section>
      </div>
      {template && writes && <ReviewPart mailing={mailing} saving={act.isPending} />}
      {dropping && (
        <Confirm
          title={t('mailing.drop_title', { name: mailing.name })}
          text={t('mailing.drop_text')}
          act={t('mailing.drop')}
          busy={act.isPending}
          onYes={drop}
          onClose={() => setDropping(false)}
        />
      )}
    </div>
  );
}
