/** Free places of the receiving side, to be held with the acceptance. */
import { Radio } from 'antd';
import { t } from '@/i18n';
import { Money } from '@/kit/Money';
import { LinesSkeleton } from '@/kit/Skeletons';
import { dateTimeText, shortTimeText, spanText, useNow } from '@/kit/time';
import { useConcepts, usePlaces } from '../api';
import type { Offer, Place, ReferralView } from '../types';
import { distanceText, placeKind } from '../words';

/** A place as a value of a form: the same place is the same text. */
export function placeKey(place: Place): string {
  return JSON.stringify(place);
}

export interface PlaceChooserProps {
  referral: ReferralView;
  value?: Place | null;
  onChange?: (place: Place | null) => void;
  /** Offers that came with a refusal: the place was taken a moment ago. */
  instead?: Offer[];
  /** The patient may come without a place. */
  optional?: boolean;
  kind?: 'bed';
}

const OFFERS_MAX = 12;

export function PlaceChooser(props: PlaceChooserProps) {
  const { referral, value, onChange, instead, optional, kind: only } = props;
  const kind = only ?? placeKind(referral.content.service);
  const exams = useConcepts('exam', kind === 'equipment');
  const exam = exams.data?.find((one) => one.code === referral.content.exam?.item_code);
  const modality = exam?.attributes.modality;
  const department_id = referral.to.department_id ?? undefined;
  const specialty = referral.content.specialty_code ?? undefined;
  const findable = kind === 'equipment' ? Boolean(modality) : Boolean(department_id || specialty);
  const places = usePlaces(
    {
      kind: kind ?? 'bed',
      org_id: referral.to.org_id,
      department_id: kind === 'equipment' ? undefined : department_id,
      specialty: kind === 'equipment' || department_id ? undefined : specialty,
      sex: kind === 'bed' ? referral.patient.sex : undefined,
      exam: kind === 'equipment' ? referral.content.exam?.item_code : undefined,
      equipment_kind: typeof modality === 'string' ? modality : undefined,
      channel: referral.kind === 'emergency' ? 'green' : 'referral',
      near: referral.from.org_id,
      limit: OFFERS_MAX,
    },
    Boolean(kind) && findable && !instead,
  );
  if (!kind) return null;
  const offers = instead ?? places.data ?? [];
  const name = (offer: Offer) => placeKey(offer.place);
  return (
    <div className="referral-places">
      {places.isFetching && offers.length === 0 && <LinesSkeleton rows={4} />}
      {!findable && <p className="lt-muted">{t('referral.place.no-specialty')}</p>}
      {findable && !places.isFetching && offers.length === 0 && (
        <p className="lt-muted">{t(`referral.place.none-${kind}`)}</p>
      )}
      <Radio.Group
        value={value ? placeKey(value) : value === null ? '' : undefined}
        onChange={(event) => {
          const offer = offers.find((one) => name(one) === event.target.value);
          onChange?.(offer?.place ?? null);
        }}
      >
        {offers.map((offer) => (
          <Radio key={name(offer)} value={name(offer)}>
            <OfferLine offer={offer} />
          </Radio>
        ))}
        {optional && <Radio value="">{t('referral.place.without')}</Radio>}
      </Radio.Group>
    </div>
  );
}

function OfferLine({ offer }: { offer: Offer }) {
  const now = useNow();
  const bed = offer.place.kind === 'bed';
  const wait =
    offer.wait_minutes > 0
      ? t('kit.time.ahead', { time: spanText(offer.wait_minutes * 60_000) })
      : '';
  return (
    <span className="referral-offer" title={dateTimeText(offer.start_at)}>
      <b>{bed ? offer.name : shortTimeText(offer.start_at, now)}</b>
      <span>
        {bed
          ? t('referral.place.now')
          : [offer.name, offer.practitioner].filter(Boolean).join(' · ')}
      </span>
      <span className="lt-muted">
        {[
          bed ? '' : wait,
          distanceText(offer.distance_meters),
          offer.channel === 'routine' ? '' : t(`referral.channel.${offer.channel}`),
        ]
          .filter(Boolean)
          .join(' · ')}{' '}
        {offer.price > 0 && <Money fen={offer.price} />}
      </span>
    </span>
  );
}
