import { t } from '@/i18n';
import { PathLink } from '@/kit/PathLink';
import { StatusTag } from '@/kit/StatusTag';
import type { Effect } from '../types';
import { effectText } from '../words';

interface EffectsProps {
  effects: Effect[];
  /** Said where there are none. */
  none: string;
  /** Of a trial: what it made is gone again, and only a patient that was there can be opened. */
  tried?: boolean;
}

/** What a message did or would do, then what it left as it was. */
export function Effects({ effects, none, tried }: EffectsProps) {
  if (effects.length === 0) return <p className="lt-muted">{none}</p>;
  const sorted = [...effects].sort((one, other) => Number(!!one.note) - Number(!!other.note));
  return (
    <ul className="hl7-list">
      {sorted.map((effect, index) => (
        <li key={index} className="lt-row">
          <StatusTag plain tone={effect.note ? 'soon' : 'done'} label={effectText(effect)} />
          {!effect.note && effect.value && <code>{effect.value}</code>}
          {effect.reference && (!tried || effect.what === 'patient-linked') && (
            <Reference reference={effect.reference} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** A person leads to their record, anything else to the resource as it is stored. */
function Reference({ reference }: { reference: string }) {
  const [type = '', id = ''] = reference.split('/');
  if (type === 'Patient' && id !== '') {
    return <PathLink to={`/record/patients/${id}`}>{t('hl7v2.effect.open-patient')}</PathLink>;
  }
  return (
    <a href={`/fhir/${reference}`} target="_blank" rel="noreferrer" className="hl7-code">
      {type}/…{id.slice(-6)}
    </a>
  );
}
