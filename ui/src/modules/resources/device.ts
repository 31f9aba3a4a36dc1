/** A device between its form and what is sent. */
import type { Equipment } from './types';

const FEN = 100;

export interface HoursRow {
  weekdays: number[];
  start: string;
  end: string;
  channel: Equipment['hours'][number]['channel'];
}

export interface ExamRow {
  code: string;
  name: string;
  minutes: number;
  price_yuan?: number;
  preparation?: string;
}

export interface DeviceValues {
  kind: string;
  code: string;
  name: string;
  model?: string;
  department_id?: string;
  hours: HoursRow[];
  exams: ExamRow[];
}

/** A device open on weekdays, as most begin. */
export const NEW_DEVICE: Partial<DeviceValues> = {
  hours: [{ weekdays: [1, 2, 3, 4, 5], start: '08:00', end: '17:00', channel: 'routine' }],
  exams: [],
};

export function valuesOf(device: Equipment): DeviceValues {
  return {
    kind: device.kind,
    code: device.code,
    name: device.name,
    model: device.model ?? undefined,
    department_id: device.department_id ?? undefined,
    hours: device.hours.map((row) => ({ ...row })),
    exams: device.exams.map(({ code, name, minutes, price, preparation }) => ({
      code,
      name,
      minutes,
      price_yuan: (price ?? 0) / FEN,
      preparation: preparation ?? undefined,
    })),
  };
}

export function inputOf(org_id: string, values: DeviceValues): object {
  return {
    org_id,
    department_id: values.department_id,
    kind: values.kind.trim(),
    code: values.code.trim(),
    name: values.name.trim(),
    model: values.model?.trim() || undefined,
    hours: values.hours.map((row) => ({ ...row, weekdays: [...row.weekdays].sort() })),
    exams: values.exams.map(({ price_yuan, preparation, ...exam }) => ({
      ...exam,
      price: Math.round((price_yuan ?? 0) * FEN),
      preparation: preparation?.trim() || undefined,
    })),
  };
}

/** Which part of the form a refusal is about; the server names the list, or a field within it. */
export function placeOf(path: string): string {
  if (path.startsWith('exams') || path === 'minutes' || path === 'price') return 'exams';
  return path.startsWith('hours') ? 'hours' : path;
}
