import { Button, Select } from 'antd';
import { useId } from 'react';
import { t } from '@/i18n';
import { conceptName } from '../queries';
import type { Relation, Suggestion } from '../types';

const RELATIONS: Relation[] = ['equivalent', 'wider', 'narrower', 'inexact'];

interface ListProps {
  items: Suggestion[];
  relation: Relation;
  onRelation: (relation: Relation) => void;
  onAccept: (code: string) => void;
}

/** What a code may become, with the reason and the key that accepts it. */
export function SuggestionList({ items, relation, onRelation, onAccept }: ListProps) {
  const id = useId();
  return (
    <>
      <div>
        <label htmlFor={id}>{t('terminology.relation')}</label>{' '}
        <Select
          id={id}
          value={relation}
          onChange={onRelation}
          style={{ minWidth: 150 }}
          options={RELATIONS.map((one) => ({
            value: one,
            label: t(`terminology.relation-${one}`),
          }))}
        />
      </div>
      {items.length === 0 ? (
        <p className="lt-muted">{t('terminology.no-suggestions')}</p>
      ) : (
        <ol className="term-suggestions" aria-label={t('terminology.suggestions')}>
          {items.map((one, at) => (
            <li key={one.concept.code}>
              <kbd>{at + 1}</kbd>
              <div>
                <div>
                  <code>{one.concept.code}</code> <strong>{conceptName(one.concept)}</strong>{' '}
                  <span className="lt-muted">{String(one.concept.attributes?.unit ?? '')}</span>
                </div>
                <div className="lt-muted">
                  {one.reasons.map((why) => t(`terminology.why-${why}`)).join(' · ')} ·{' '}
                  {Math.round(one.score / 10)}%
                </div>
              </div>
              <Button size="small" onClick={() => onAccept(one.concept.code)}>
                {t('terminology.accept')}
              </Button>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
