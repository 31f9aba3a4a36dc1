import { Tabs } from 'antd';
import { type ReactNode, useEffect, useRef } from 'react';
import { usePhone } from '@/kit/media';

export interface Place {
  key: string;
  label: string;
  children: ReactNode;
}

interface PlacesProps {
  places: Place[];
  active: string;
  /** What the places are of. */
  label: string;
  onChange: (key: string) => void;
}

/** Parts of a screen: tabs on a desk, on a phone a row that the thumb moves. */
export function Places({ places, active, label, onChange }: PlacesProps) {
  const phone = usePhone();
  if (!phone) {
    return (
      <Tabs
        activeKey={active}
        items={places}
        destroyOnHidden
        aria-label={label}
        onChange={onChange}
      />
    );
  }
  return (
    <>
      <div className="lt-views record-places" role="group" aria-label={label}>
        {places.map((place) => (
          <PlaceButton
            key={place.key}
            place={place}
            active={place.key === active}
            onChoose={() => onChange(place.key)}
          />
        ))}
      </div>
      {places.find((place) => place.key === active)?.children}
    </>
  );
}

interface PlaceButtonProps {
  place: Place;
  active: boolean;
  onChoose: () => void;
}

function PlaceButton({ place, active, onChoose }: PlaceButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (active) button.current?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
  }, [active]);
  return (
    <button ref={button} type="button" className="lt-view" aria-pressed={active} onClick={onChoose}>
      {place.label}
    </button>
  );
}
