import { LockOutlined } from '@ant-design/icons';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useRows, word } from '../queries';
import type { Decision, GuardedField, OrganizationDetail } from '../types';
import { ORG_FIELDS } from '../types';

/** The six unchanged: each with its value and the decisions that ever moved it. */
export function SixUnchanged({ org }: { org: OrganizationDetail }) {
  const orgName = useOrgName();
  const decisions = useRows<Decision>(['decision'], '/api/decisions', {});
  const values: Partial<Record<GuardedField, string | null>> = {
    ownership: word('ownership', org.ownership),
    affiliation: org.parent_id ? orgName(org.parent_id) : t('network.field.top'),
    'institution-type': word('kind', org.kind),
    positioning: word('positioning', org.positioning),
    funding: word('funding', org.funding),
    'input-mode': word('input-mode', org.input_mode),
  };
  return (
    <Section
      title={
        <span className="lt-row">
          <LockOutlined aria-hidden="true" /> {t('network.six.title')}
        </span>
      }
    >
      <p className="lt-muted">{t('network.six.why')}</p>
      <table className="network-six">
        <tbody>
          {ORG_FIELDS.map((field) => (
            <tr key={field}>
              <th scope="row">{t(`network.guarded.${field}`)}</th>
              <td>
                {values[field] ?? <span className="lt-muted">{t('network.six.unrecorded')}</span>}
              </td>
              <td>
                {decisionsOn(decisions.data ?? [], org.id, field).map((one) => (
                  <PathLink key={one.id} to={`/network/decisions?decision=${one.id}`}>
                    {one.number}
                  </PathLink>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

/** Decisions that name this field of this organization or person. */
export function decisionsOn(decisions: Decision[], id: string, field: GuardedField): Decision[] {
  return decisions.filter((one) =>
    one.items.some((item) => item.id === id && item.fields.includes(field)),
  );
}
