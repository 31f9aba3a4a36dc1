/** The names inside a rule in the reader's language; what has no name yet is shown as it is stored. */
import { t, textOr } from '@/i18n';

/** The day before all others, from which the first version of a rule holds. */
const START_DAY = '1970-01-01';
/** Who enters the first versions. */
const START_PERSON = 'start';
/** How the first versions say that no law stands behind a value. */
const LOCAL = new Set(['local setting', '本地设定', '初始值']);

export function dayText(day: string): string {
  return day === START_DAY ? t('admin.rules.from-start') : day;
}

export function personText(name: string): string {
  return name === START_PERSON ? t('admin.rules.by-start') : name;
}

export function sourceText(source: string): string {
  return LOCAL.has(source) ? t('admin.rules.local') : source;
}

/** The name of a field, or of a key that is itself a code: a vital sign, a kind of organization. */
export function fieldText(name: string): string {
  return textOr(
    name.replaceAll('_', ' '),
    `admin.rule-field.${name}`,
    `referral.vital.${name}`,
    `network.kind.${name}`,
    `record.field.${name.replaceAll('_', '-')}`,
    `admin.scope.${name}`,
  );
}

/** Where the words of a field's codes stand. */
const WORDS: Record<string, string[]> = {
  state: ['referral.state'],
  kind: ['referral.kind', 'admin.rule-value.answer'],
  priority: ['referral.priority'],
  urgency: ['referral.priority'],
  action: ['admin.rule-value.action'],
  level: ['referral.level'],
  place_needed: ['referral.kind'],
  place_needed_at: ['network.kind'],
  green_channel: ['referral.kind'],
  sign: ['referral.vital'],
  vital_flags: ['referral.flag'],
  grants: ['admin.scope'],
  levels: ['referral.level'],
  // Which source of a field stands.
  name: ['record.source.by'],
  sex: ['record.source.by'],
  birth_date: ['record.source.by'],
  phone: ['record.source.by'],
  address: ['record.source.by'],
  village: ['record.source.by'],
};
const UNITS: Record<string, string> = { '/min': 'per-minute', 分: 'points' };

/** A plain value of `field`, which stands inside `within`. */
export function valueText(value: unknown, field = '', within = ''): string {
  const code = String(value);
  if (field === 'unit') {
    const unit = UNITS[code];
    return unit ? t(`admin.rule-value.unit.${unit}`) : code;
  }
  const groups = WORDS[field] ?? WORDS[within] ?? [];
  return textOr(code, ...groups.map((group) => `${group}.${code}`));
}

/** Where a change is, `clocks[3].minutes`: each name in words. */
export function pathText(path: string): string {
  return path
    .split(/[./[\]]+/)
    .filter(Boolean)
    .map((part) =>
      /^\d+$/.test(part) ? t('admin.rules.field-n', { n: Number(part) + 1 }) : fieldText(part),
    )
    .join(' › ');
}

/** Every name that occurs in a rule and has words, once, in the order of the text. */
export function namesOf(body: unknown): string[] {
  const names = new Set<string>();
  const walk = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        names.add(name);
        walk(inner);
      }
    }
  };
  walk(body);
  return [...names].filter((name) => fieldText(name) !== name.replaceAll('_', ' '));
}
