import { Button } from 'antd';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { t, textOr } from '@/i18n';
import type { UiNoticeProps } from '@/kit/module';
import { useGo } from '@/kit/route';
import { dateTimeText, useNow } from '@/kit/time';
import { instead, type Withdrawn } from '../instead';
import { distanceText } from '../queries';
import type { Offer } from '../types';
import { HoldDialog } from './HoldButton';
import '../resources.css';

/** A place was taken back: why, what else is free, and taking one of those. */
export default function Instead({ data, onDone }: UiNoticeProps) {
  const withdrawn = data as Withdrawn;
  const offers = instead(withdrawn, useNow());
  const [asked, setAsked] = useState<Offer | null>(null);
  const can = useCan();
  const go = useGo();
  const ofCase = withdrawn.owner_kind === 'referral';
  /** Who treats takes the place for a case; who sent the patient says which one would suit. */
  function propose(offer: Offer) {
    const words = t('resources.instead.words', { place: lineOf(offer) });
    go(`/referral/${withdrawn.owner_id}?say=${encodeURIComponent(words)}`);
    onDone();
  }
  const why = withdrawn.reason;
  const facts = [
    withdrawn.org,
    why && textOr(why, `resources.hold-reason.${why}`),
    withdrawn.start_at && dateTimeText(withdrawn.start_at),
  ];
  return (
    <div className="resources-instead">
      <p className="lt-muted">{facts.filter(Boolean).join(' · ')}</p>
      {offers.length > 0 ? (
        <>
          <p>{t('resources.hold.alternatives')}</p>
          <ul className="resources-alternatives">
            {offers.map((offer) => (
              <li key={JSON.stringify(offer.place)}>
                <span>
                  <b className="lt-figures">{whenOf(offer)}</b> {offer.org_name} · {offer.name}
                  {offer.practitioner && ` · ${offer.practitioner}`}
                  <span className="lt-muted"> {distanceText(offer.distance_meters)}</span>
                </span>
                {ofCase ? (
                  <Button size="small" onClick={() => propose(offer)}>
                    {t('resources.instead.propose')}
                  </Button>
                ) : (
                  can('resources.hold') && (
                    <Button size="small" type="primary" onClick={() => setAsked(offer)}>
                      {t('resources.hold.take')}
                    </Button>
                  )
                )}
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="lt-muted">{t('resources.instead.none')}</p>
      )}
      {!ofCase && can('resources.read') && (
        <Button
          size="small"
          type="link"
          onClick={() => {
            go(searchOf(withdrawn));
            onDone();
          }}
        >
          {t('resources.instead.search')}
        </Button>
      )}
      {asked && (
        <HoldDialog
          place={asked.place}
          name={asked.name}
          org={asked.org_name}
          start_at={asked.start_at}
          channel={asked.channel}
          onClose={() => setAsked(null)}
          onHeld={onDone}
        />
      )}
    </div>
  );
}

/** A bed is free from now on, whatever minute was written down. */
function whenOf(offer: Offer): string {
  return offer.place.kind === 'bed' ? t('resources.now') : dateTimeText(offer.start_at);
}

function lineOf(offer: Offer): string {
  const parts = [offer.org_name, offer.name, offer.practitioner, whenOf(offer)];
  return parts.filter(Boolean).join(' · ');
}

function searchOf({ alternatives }: Withdrawn): string {
  const kind = alternatives?.[0]?.place.kind;
  return kind ? `/resources?kind=${kind}` : '/resources';
}
