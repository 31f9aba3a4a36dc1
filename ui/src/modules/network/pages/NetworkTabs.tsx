import { t } from '@/i18n';
import { LinkTabs } from '@/kit/LinkTabs';

/** The network from its sides. */
export function NetworkTabs() {
  return (
    <LinkTabs
      label={t('network.title')}
      tabs={[
        { to: '/network', label: t('network.tree.title') },
        { to: '/network/graph', label: t('network.graph.title') },
        { to: '/network/groups', label: t('network.groups.title') },
        { to: '/network/alliances', label: t('network.alliances.title') },
        { to: '/network/offers', label: t('network.offers.title') },
        { to: '/network/people', label: t('network.people.title') },
        { to: '/network/decisions', label: t('network.decisions.title') },
      ]}
    />
  );
}
