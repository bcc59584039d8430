import type { Evidence } from '../api/types';
import { isKey, useT } from '../i18n';
import { Icon } from '../ui/Icon';

/** What speaks for and against two records being one person. */
export function EvidenceList({ evidence }: { evidence: Evidence[] }) {
  const t = useT();
  return (
    <ul className="evid">
      {evidence.map((one) => {
        const key = `evidence.${one.kind}`;
        const speaks = one.speaks === 'for';
        return (
          <li key={`${one.kind} ${one.detail}`}>
            <Icon
              name={speaks ? 'check' : 'x'}
              size="s"
              className={speaks ? 'ok' : 'bad'}
              label={t(speaks ? 'evidence.for' : 'evidence.against')}
            />
            <span>{isKey(key) ? `${t(key)}${one.detail ? `, ${one.detail}` : ''}` : one.detail}</span>
          </li>
        );
      })}
    </ul>
  );
}
