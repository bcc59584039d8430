import type { Mailing, MailingCounts } from '../api/types';
import { isKey, useTexts, type Translate } from '../i18n';
import { Icon } from '../ui/Icon';
import { Opens } from './ProgressPart';

export function exclusionWords(reason: string, t: Translate): string {
  const key = `mailing.why.${reason}`;
  return isKey(key) ? t(key) : reason;
}

/** Who of the audience gets nothing, and why. */
export function LeftOut({ mailing }: { mailing: Mailing }) {
  const { t, locale } = useTexts();
  const { counts } = mailing;
  const figure = (n: number) => n.toLocaleString(locale);
  return (
    <section>
      <h2 className="part-title">
        {t('mailing.left_out')}
        <span className="t3">
          {t('mailing.of', { n: figure(counts.excluded), all: figure(counts.audience) })}
        </span>
      </h2>
      {counts.exclusions.length === 0 ? (
        <p className="t3">{t('mailing.nobody_left_out')}</p>
      ) : (
        <Reasons
          counts={counts}
          link={(reason, n) => (
            <Opens id={mailing.id} search={{ state: 'excluded', exclusion: reason }}>
              {n}
            </Opens>
          )}
        />
      )}
      {counts.exclusions.some((one) => one.reason === 'open_complaint') && (
        <div className="row start sm t2 hint">
          <Icon name="alert" size="s" className="t3" />
          <span>{t('mailing.complaint_hint')}</span>
        </div>
      )}
    </section>
  );
}

/** The reasons with their numbers, and their sum. */
export function Reasons({
  counts,
  link,
}: {
  counts: Pick<MailingCounts, 'exclusions' | 'excluded'>;
  link?: (reason: string, n: string) => React.ReactNode;
}) {
  const { t, locale } = useTexts();
  const figure = (n: number) => n.toLocaleString(locale);
  return (
    <div className="card">
      <table>
        <thead>
          <tr>
            <th>{t('mailing.why')}</th>
            <th className="r">{t('mailing.people')}</th>
          </tr>
        </thead>
        <tbody>
          {counts.exclusions.map((one) => (
            <tr key={one.reason}>
              <td>{exclusionWords(one.reason, t)}</td>
              <td className="r">{link ? link(one.reason, figure(one.count)) : figure(one.count)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>{t('mailing.together')}</td>
            <td className="r">{figure(counts.excluded)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
