import { findOrgs, orgName, useOrgName } from '@/api/organizations';
import { AsyncSelect, type AsyncSelectProps } from './AsyncSelect';

export type OrgSelectProps = Omit<AsyncSelectProps, 'queryKey' | 'loadOptions' | 'initial'> & {
  /** Only organizations that treat patients. */
  providersOnly?: boolean;
};

const GOVERNMENT = new Set(['region', 'health-bureau']);

/** Picks an organization by characters, pinyin, initials or code. */
export function OrgSelect({ providersOnly, ...props }: OrgSelectProps) {
  const nameOf = useOrgName();
  return (
    <AsyncSelect
      {...props}
      queryKey={['organization', 'pick', providersOnly ?? false]}
      loadOptions={async (query, signal) => {
        const found = await findOrgs(query, signal);
        return found
          .filter((org) => !providersOnly || !GOVERNMENT.has(org.kind))
          .map((org) => ({ value: org.id, label: orgName(org), hint: org.code }));
      }}
      initial={props.value ? { value: props.value, label: nameOf(props.value) } : undefined}
    />
  );
}
