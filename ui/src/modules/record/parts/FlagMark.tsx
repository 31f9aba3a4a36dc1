import { StatusTag } from '@/kit/StatusTag';
import { FLAG_SIGN, type Flag, flagText, flagTone } from '../fhir/values';

/** A value outside what is usual: sign and word, never colour alone. */
export function FlagMark({ flag, short }: { flag: Flag; short?: boolean }) {
  if (short) {
    return (
      <span className="record-flag" data-tone={flagTone(flag)} title={flagText(flag)}>
        <span aria-hidden="true">{FLAG_SIGN[flag]}</span>
        <span className="lt-visually-hidden">{flagText(flag)}</span>
      </span>
    );
  }
  return (
    <StatusTag
      plain
      tone={flagTone(flag)}
      icon={<span>{FLAG_SIGN[flag]}</span>}
      label={flagText(flag)}
    />
  );
}
