import { Select, Textarea, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ifStill, ok, once } from '../api/client';
import { keys } from '../api/keys';
import { useChannels } from '../api/queries';
import type { Starter, Template } from '../api/types';
import { may } from '../app/permissions';
import { useMe } from '../app/session';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Confirm } from '../ui/Dialog';
import { Failed, fieldError, FormError } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { Page } from '../ui/Page';
import { LineSkeletons } from '../ui/Skeleton';
import { toast } from '../ui/toasts';
import { LivePreview } from './LivePreview';
import { useMailingAct } from './queries';

const values = [
  'name',
  'first_name',
  'city',
  'company',
  'email',
  'sender',
  'officer',
  'unsubscribe_url',
  'preferences_url',
];

/** A template, written beside what it becomes. */
export function TemplatePage() {
  const { templateId } = useParams({ from: '/desk/mailings/templates/$templateId' });
  const { starter } = useSearch({ from: '/desk/mailings/templates/$templateId' });
  const isNew = templateId === 'new';
  const kept = useQuery({
    enabled: !isNew,
    queryKey: keys.template(templateId),
    queryFn: () => ok(api.GET('/templates/{id}', { params: { path: { id: templateId } } })),
  });
  const starters = useQuery({
    enabled: isNew,
    queryKey: ['starters'],
    queryFn: () => ok(api.GET('/templates/starters')).then((page) => page.items),
    staleTime: Infinity,
  });
  const from = isNew ? (starters.data?.find((one) => one.key === starter) ?? starters.data?.[0]) : kept.data;
  if (from) return <Editor key={isNew ? `new-${starter}` : templateId} from={from} />;
  const error = kept.error ?? starters.error;
  return (
    <main className="pane main">
      {error ? <Failed error={error} retry={() => void kept.refetch()} /> : <LineSkeletons count={8} />}
    </main>
  );
}

function Editor({ from }: { from: Template | Starter }) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const act = useMailingAct();
  const trial = useMailingAct();
  const me = useMe();
  const writes = may(me, 'mailings.write');
  const kept = 'id' in from ? from : null;
  const { kind } = from;
  const [form, setForm] = useState({
    name: from.name,
    subject: from.subject ?? '',
    html: from.html ?? '',
    text: from.text,
  });
  const [part, setPart] = useState<'html' | 'text'>(from.html ? 'html' : 'text');
  const [dropping, setDropping] = useState(false);
  const channels = (useChannels().data ?? []).filter((one) => one.kind === kind);
  const [chosen, setChosen] = useState<string | null>(null);
  const channel = chosen ?? channels[0]?.id ?? null;
  const letters = kind === 'email';
  const content = {
    kind,
    subject: letters ? form.subject : null,
    html: letters ? form.html || null : null,
    text: form.text,
  };
  const saved =
    kept !== null &&
    kept.name === form.name &&
    (kept.subject ?? '') === form.subject &&
    (kept.html ?? '') === form.html &&
    kept.text === form.text;
  const save = () =>
    act.mutate(async () => {
      if (kept) {
        const body = letters ? form : { name: form.name, text: form.text };
        const now = await ok(
          api.PATCH('/templates/{id}', { params: { path: { id: kept.id } }, ...ifStill(kept.version), body }),
        );
        client.setQueryData(keys.template(kept.id), now);
      } else {
        const made = await ok(api.POST('/templates', { ...once(), body: { ...content, name: form.name } }));
        await navigate({
          to: '/mailings/templates/$templateId',
          params: { templateId: made.id },
          replace: true,
        });
      }
      toast({ text: t('template.saved'), icon: 'check', tone: 'ok' });
    });
  const tryIt = () =>
    trial.mutate(async () => {
      const { subject, html, text } = content;
      const gone = await ok(
        api.POST('/templates/try', { body: { subject, html, text, channel_id: channel ?? '' } }),
      );
      toast({ text: t('template.tried', { to: gone.to }), icon: 'check', tone: 'ok' });
    });
  const drop = () =>
    act.mutate(async () => {
      if (kept) await ok(api.DELETE('/templates/{id}', { params: { path: { id: kept.id } } }));
      await navigate({ to: '/mailings/templates' });
    });
  const crumb = (
    <nav className="crumb" aria-label={t('template.all')}>
      <Link to="/mailings/templates">{t('template.all')}</Link>
      <Icon name="right" size="xs" />
      <b className="cut" aria-current="page">
        {kept ? kept.name : t('template.new')}
      </b>
    </nav>
  );
  return (
    <Page
      title={form.name}
      crumb={crumb}
      wide
      acts={
        writes && (
          <>
            {letters && (
              <Button
                small
                icon="send"
                className="wide"
                busy={trial.isPending}
                disabled={!channel}
                onClick={tryIt}
              >
                {t('template.try')}
              </Button>
            )}
            <Button
              small
              look="primary"
              busy={act.isPending}
              disabled={saved || !form.name.trim()}
              onClick={save}
            >
              {t('save')}
            </Button>
          </>
        )
      }
    >
      <div className="two editor">
        <section className="steps">
          <TextInput
            label={t('template.name')}
            value={form.name}
            disabled={!writes}
            onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
            error={fieldError(act.error, 'name', t)}
          />
          {letters && (
            <TextInput
              label={t('template.subject')}
              value={form.subject}
              disabled={!writes}
              onChange={(event) => setForm({ ...form, subject: event.currentTarget.value })}
              error={fieldError(act.error, 'subject', t)}
            />
          )}
          {letters && (
            <nav className="tabs search-tabs" aria-label={t('template.parts')}>
              {(['html', 'text'] as const).map((one) => (
                <button
                  key={one}
                  type="button"
                  className={part === one ? 'on' : undefined}
                  aria-pressed={part === one}
                  onClick={() => setPart(one)}
                >
                  {t(`template.${one}`)}
                </button>
              ))}
            </nav>
          )}
          <Textarea
            key={part}
            aria-label={t(letters ? `template.${part}` : 'template.text')}
            description={letters && part === 'text' ? t('template.text_hint') : undefined}
            classNames={{ input: 'code' }}
            autosize
            minRows={14}
            maxRows={30}
            spellCheck={part === 'text'}
            value={letters && part === 'html' ? form.html : form.text}
            disabled={!writes}
            onChange={(event) =>
              setForm({ ...form, [letters && part === 'html' ? 'html' : 'text']: event.currentTarget.value })
            }
            error={fieldError(act.error, letters ? part : 'text', t)}
          />
          <FormError error={act.error} />
          <details className="sm t2">
            <summary>{t('template.values')}</summary>
            <p className="values">
              {values.map((name) => (
                <code key={name}>{`{{${name}}}`}</code>
              ))}
              <code>{'{{fields.…}}'}</code>
            </p>
            <p>{t('template.values_text')}</p>
            <p>
              <code>{'{{default city "…"}}'}</code> <code>{'{{#if city}} … {{else}} … {{/if}}'}</code>{' '}
              <code>{'{{#if (eq language "en")}}'}</code> <code>{'{{url name}}'}</code>
            </p>
          </details>
          {kept && writes && (
            <div>
              <Button small look="quiet" icon="trash" onClick={() => setDropping(true)}>
                {t('delete')}
              </Button>
            </div>
          )}
        </section>
        <section>
          {letters && channels.length > 1 && (
            <Select
              aria-label={t('mailing.channel')}
              data={channels.map((one) => ({ value: one.id, label: one.name }))}
              value={channel}
              onChange={setChosen}
              allowDeselect={false}
              className="spaced-below"
            />
          )}
          <LivePreview content={content} channel={channel} />
        </section>
      </div>
      {dropping && kept && (
        <Confirm
          title={t('template.drop_title', { name: kept.name })}
          text={t('template.drop_text')}
          act={t('delete')}
          busy={act.isPending}
          onYes={drop}
          onClose={() => setDropping(false)}
        />
      )}
    </Page>
  );
}
