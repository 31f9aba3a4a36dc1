/** The list that the rules give to all organizations of a kind; read when it is opened. */
import { useState } from 'react';
import { t } from '@/i18n';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { useConcepts } from '../api';
import { drugsOf } from '../formulary';
import { conceptText } from '../words';

export interface KindFormularyProps {
  /** Beginnings of codes of the catalogue `drug`. */
  prefixes: string[];
  rule_version: number;
}

export function KindFormulary({ prefixes, rule_version }: KindFormularyProps) {
  const [open, setOpen] = useState(false);
  const drugs = useConcepts('drug', open && prefixes.length > 0);
  return (
    <Section
      title={t('referral.formulary.of-kind')}
      extra={
        <span className="lt-muted">{t('referral.formulary.rule', { version: rule_version })}</span>
      }
    >
      {prefixes.length === 0 ? (
        <p className="lt-muted">{t('referral.formulary.of-kind-none')}</p>
      ) : (
        <details className="referral-why" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t('referral.formulary.of-kind-show')}</summary>
          {open && drugs.isPending && <LinesSkeleton rows={5} />}
          {drugs.isError && <ErrorState error={drugs.error} onRetry={() => void drugs.refetch()} />}
          <ul className="referral-formulary">
            {drugsOf(drugs.data ?? [], prefixes).map((drug) => (
              <li key={drug.code}>
                {conceptText(drug)} <span className="lt-muted lt-figures">{drug.code}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Section>
  );
}
