import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { Section } from '@/kit/Page';
import type { MessageDetail } from '../types';
import { TextChanges } from './MessageTextView';

/** Who did what to a message since it came, and what they changed in it. */
export function History({ detail }: { detail: MessageDetail }) {
  const { edits } = detail.message;
  if (edits.length === 0) return null;
  const before = (number: number) =>
    detail.texts.filter((text) => text.number < number).at(-1)?.text ?? '';
  return (
    <Section title={t('hl7v2.history.title')}>
      <ul className="hl7-list">
        {edits.map((edit, index) => {
          const text = detail.texts.find((one) => one.number === edit.number)?.text;
          const last = index === edits.length - 1 && detail.message.state === 'dismissed';
          const what = last ? 'dismissed' : edit.changed ? 'changed' : 'replayed';
          return (
            <li key={edit.number}>
              <div className="lt-row">
                <strong>{t(`hl7v2.history.${what}`)}</strong>
                <span>{edit.account_name}</span>
                <DateTime at={edit.at} />
              </div>
              <div>{edit.reason}</div>
              {text !== undefined && (
                <details>
                  <summary>{t('hl7v2.history.see')}</summary>
                  <TextChanges before={before(edit.number)} after={text} />
                </details>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
