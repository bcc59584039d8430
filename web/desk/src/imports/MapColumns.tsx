import { NativeSelect, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Import, ImportMapping, ImportTarget } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { useKindName } from '../ui/ChannelIcon';
import { fieldError, FormError } from '../ui/Failed';

const MEANINGS = [
  'skip',
  'name',
  'email',
  'phone',
  'customer',
  'language',
  'city',
  'company',
  'tags',
  'field',
  'consent',
] as const;
type Meaning = (typeof MEANINGS)[number];

function target(to: Meaning, column: string): ImportTarget {
  if (to === 'field') return { to, key: column.replace(/["\\]/g, '').slice(0, 60) || '?' };
  if (to === 'consent') return { to, kind: 'email' };
  return { to };
}

/** What each column means, beside its first rows. */
export function MapColumns({
  one,
  busy,
  error,
  onCheck,
}: {
  one: Import;
  busy: boolean;
  error: unknown;
  onCheck: (mapping: ImportMapping) => void;
}) {
  const t = useT();
  const kindName = useKindName();
  const [columns, setColumns] = useState<ImportTarget[]>(one.mapping?.columns ?? one.suggested);
  const [tags, setTags] = useState(one.mapping?.tags ?? []);
  const [statement, setStatement] = useState(one.mapping?.consent_statement ?? '');
  const set = (place: number, by: ImportTarget) =>
    setColumns(columns.map((column, at) => (at === place ? by : column)));
  const consents = columns.some((column) => column.to === 'consent');
  const known = columns.some((column) => ['email', 'phone', 'customer'].includes(column.to));
  const mapping: ImportMapping = {
    columns,
    tags,
    consent_statement: consents ? statement.trim() : null,
  };
  return (
    <form
      className="sect"
      onSubmit={(event) => {
        event.preventDefault();
        onCheck(mapping);
      }}
    >
      <h2>{t('import.map')}</h2>
      <div className="card">
        <table className="mapping">
          <thead>
            <tr>
              <th>{t('import.column')}</th>
              <th>{t('import.example')}</th>
              <th>{t('import.means')}</th>
            </tr>
          </thead>
          <tbody>
            {one.columns.map((column, place) => {
              const to = columns[place] ?? { to: 'skip' };
              const name = column || t('import.nameless', { n: place + 1 });
              const sample = one.sample
                .map((row) => row[place])
                .filter(Boolean)
                .slice(0, 3);
              return (
                <tr key={place}>
                  <td className="m breaks">{name}</td>
                  <td className="sample breaks">{sample.join(' · ')}</td>
                  <td>
                    <span className="means">
                      <NativeSelect
                        aria-label={`${t('import.means')}: ${name}`}
                        value={to.to}
                        onChange={(event) => set(place, target(event.currentTarget.value as Meaning, column))}
                        data={MEANINGS.map((one) => ({ value: one, label: t(`to.${one}`) }))}
                      />
                      {to.to === 'field' && (
                        <TextInput
                          aria-label={`${t('import.field_key')}: ${name}`}
                          maxLength={60}
                          value={to.key}
                          onChange={(event) => set(place, { to: 'field', key: event.currentTarget.value })}
                        />
                      )}
                      {to.to === 'consent' && (
                        <NativeSelect
                          aria-label={`${t('channel')}: ${name}`}
                          value={to.kind}
                          onChange={(event) => set(place, { to: 'consent', kind: event.currentTarget.value })}
                          data={['email', 'telegram', 'webchat', 'phone'].map((kind) => ({
                            value: kind,
                            label: kindName(kind),
                          }))}
                        />
                      )}
                    </span>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div className="stack top2">
        <TagsInput
          label={`${t('import.tags')} (${t('optional')})`}
          maxTags={10}
          value={tags}
          onChange={setTags}
          error={fieldError(error, 'tags', t)}
        />
        {consents && (
          <TextInput
            label={t('import.statement')}
            placeholder={t('import.statement_hint')}
            maxLength={500}
            value={statement}
            onChange={(event) => setStatement(event.currentTarget.value)}
            error={fieldError(error, 'consent_statement', t)}
            required
          />
        )}
        {fieldError(error, 'mapping', t) && (
          <p className="form-error" role="alert">
            {fieldError(error, 'mapping', t)}
          </p>
        )}
        <FormError error={error} />
        <div className="row gap2 wrap">
          <Button
            look="primary"
            type="submit"
            busy={busy}
            disabled={!known || (consents && !statement.trim())}
          >
            {t('import.check')}
          </Button>
          <span className="t3 sm grow">{t('import.rule')}</span>
        </div>
      </div>
    </form>
  );
}
