/** Beds, appointments and devices on the wall. */
import { t, textOr } from '@/i18n';
import type { Wall } from '../types';
import { type PlaceField, pageOf, pagesOf, sumPlaces } from '../wall';
import { Figure, Panel } from './Panel';

export interface PanelsProps {
  wall: Wall;
  turn: number;
  changed: ReadonlySet<string>;
}

const BED_ROWS = 6;
const SLOT_ROWS = 4;
const DEVICE_ROWS = 4;

export function BedsPanel({ wall, turn, changed }: PanelsProps) {
  const rows = wall.members.filter((member) => member.places.beds_total > 0);
  const sum = (field: PlaceField) => sumPlaces(wall, field);
  return (
    <Panel
      name="beds"
      title={t('dispatch.beds')}
      pages={pagesOf(rows.length, BED_ROWS)}
      page={turn}
      figures={
        <>
          <Figure
            label={t('dispatch.open')}
            value={sum('beds_open')}
            tone={sum('beds_open') === 0 ? 'overdue' : 'done'}
            glow={changed.has('beds_open')}
          />
          <Figure
            label={t('dispatch.held')}
            value={sum('beds_held')}
            glow={changed.has('beds_held')}
          />
          <Figure
            label={t('dispatch.occupied')}
            value={sum('beds_occupied')}
            glow={changed.has('beds_occupied')}
          />
          <Figure label={t('dispatch.total')} value={sum('beds_total')} />
        </>
      }
    >
      {pageOf(rows, BED_ROWS, turn).map((member) => (
        <div key={member.org_id} className="wall-row">
          <span className="wall-name">{member.name}</span>
          <BedBar places={member.places} />
          <b
            className={changed.has(`${member.org_id}.beds_open`) ? 'wall-glow' : undefined}
            data-tone={member.places.beds_open === 0 ? 'overdue' : 'done'}
          >
            {member.places.beds_open}
          </b>
        </div>
      ))}
    </Panel>
  );
}

/** Occupied, held, cleaning, open: one bar, with its numbers for those who cannot see it. */
function BedBar({ places }: { places: Wall['members'][number]['places'] }) {
  const parts = [
    ['occupied', places.beds_occupied],
    ['held', places.beds_held],
    ['cleaning', places.beds_cleaning],
    ['open', places.beds_open],
  ] as const;
  const words = parts.map(([name, value]) => `${t(`dispatch.${name}`)} ${value}`).join('，');
  return (
    <span className="wall-bar" role="img" aria-label={words}>
      {parts.map(([name, value]) => (
        <i key={name} data-part={name} style={{ flexGrow: value }} />
      ))}
    </span>
  );
}

export function SlotsPanel({ wall, turn, changed }: PanelsProps) {
  const rows = wall.members
    .filter((member) => member.places.slots_left_today > 0)
    .toSorted((a, b) => b.places.slots_left_today - a.places.slots_left_today);
  const left = sumPlaces(wall, 'slots_left_today');
  return (
    <Panel
      name="slots"
      title={t('dispatch.slots')}
      pages={pagesOf(rows.length, SLOT_ROWS)}
      page={turn}
      figures={
        <Figure
          label={t('dispatch.left-today')}
          value={left}
          tone={left === 0 ? 'soon' : 'done'}
          glow={changed.has('slots_left_today')}
        />
      }
    >
      {rows.length === 0 && <p className="wall-empty">{t('dispatch.no-slots')}</p>}
      {pageOf(rows, SLOT_ROWS, turn).map((member) => (
        <div key={member.org_id} className="wall-row">
          <span className="wall-name">{member.name}</span>
          <b className={changed.has(`${member.org_id}.slots_left_today`) ? 'wall-glow' : undefined}>
            {member.places.slots_left_today}
          </b>
        </div>
      ))}
    </Panel>
  );
}

export function EquipmentPanel({ wall, turn, changed }: PanelsProps) {
  const rows = wall.equipment;
  return (
    <Panel
      name="equipment"
      title={t('dispatch.equipment')}
      pages={pagesOf(rows.length, DEVICE_ROWS)}
      page={turn}
      figures={
        <>
          <Figure
            label={t('dispatch.idle')}
            value={sumPlaces(wall, 'equipment_idle')}
            tone={sumPlaces(wall, 'equipment_idle') > 0 ? 'done' : 'plain'}
            glow={changed.has('equipment_idle')}
          />
          <Figure
            label={t('dispatch.busy')}
            value={sumPlaces(wall, 'equipment_busy')}
            glow={changed.has('equipment_busy')}
          />
          <Figure
            label={t('dispatch.down')}
            value={sumPlaces(wall, 'equipment_down')}
            tone={sumPlaces(wall, 'equipment_down') > 0 ? 'soon' : 'plain'}
            glow={changed.has('equipment_down')}
          />
        </>
      }
    >
      {pageOf(rows, DEVICE_ROWS, turn).map((device) => (
        <div key={device.kind} className="wall-row">
          <span className="wall-name">{textOr(device.kind, `dispatch.device.${device.kind}`)}</span>
          <span className="wall-note">
            {t('dispatch.busy')} {device.busy}
            {device.down > 0 && ` · ${t('dispatch.down')} ${device.down}`}
          </span>
          <b
            className={changed.has(`${device.kind}.idle`) ? 'wall-glow' : undefined}
            data-tone={device.idle > 0 ? 'done' : undefined}
          >
            {device.idle}/{device.total}
          </b>
        </div>
      ))}
    </Panel>
  );
}
