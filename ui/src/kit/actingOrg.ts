import { useOrgTree } from '@/api/organizations';
import { useSession } from '@/api/session';
import { language } from '@/i18n';

/** The organization one acts for, in the reader's language where it has a name in it. */
export function useActingOrg(): string {
  const { org_id, org_name } = useSession().assignment;
  const { data } = useOrgTree();
  if (language() !== 'en') return org_name;
  return data?.nodes.find((node) => node.id === org_id)?.name_en || org_name;
}
