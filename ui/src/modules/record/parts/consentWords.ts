/** What a consent says, in words for the list and for paper. */
import { t } from '@/i18n';
import { listed } from '@/kit/words';
import { useOrgName, useSensitiveCategories } from '../api';
import type { Consent } from '../types';
import { choiceText } from './ConsentForm';

export interface ConsentWords {
  who: string;
  reach: string;
  parts: string;
  time: string;
  sensitive: string;
  author: string;
}

export function useConsentWords(): (consent: Consent) => ConsentWords {
  const orgName = useOrgName();
  const choices = useSensitiveCategories();
  const title = (code: string) => {
    const choice = choices.data?.find((one) => one.code === code);
    return choice ? choiceText(choice) : code;
  };
  return (consent) => {
    const author = orgName(consent.org_id);
    const everyone = consent.reach === 'everyone';
    const all = consent.by_account
      ? t('record.consent.everyone')
      : t('record.consent.everyone-but', { org: author });
    const parts = (consent.categories ?? []).map((one) => t(`record.consent.category.${one}`));
    return {
      who: everyone ? all : orgName(consent.grantee_org_id ?? ''),
      reach: everyone ? '' : t(`record.consent.reach.${consent.reach}`),
      parts:
        parts.length > 0
          ? t('record.consent.only', { list: listed(parts) })
          : t('record.consent.all-parts'),
      time: timeText(consent),
      sensitive: listed((consent.sensitive ?? []).map(title)),
      author: consent.by_account
        ? t('record.consent.by-account')
        : t('record.consent.taken-by', { org: author }),
    };
  };
}

function timeText({ data_from, data_to }: Consent): string {
  if (data_from && data_to) {
    return t('record.consent.between', { from: data_from, to: data_to });
  }
  if (data_from) return t('record.consent.from', { from: data_from });
  return data_to ? t('record.consent.to', { to: data_to }) : '';
}
