import { Alert, Typography } from 'antd';
import { t } from '@/i18n';
import '../admin.css';

export interface OneTimeSecretProps {
  title: string;
  secret: string;
  hint: string;
}

/** Something that is shown this once: to be copied now. */
export function OneTimeSecret({ title, secret, hint }: OneTimeSecretProps) {
  return (
    <Alert
      type="warning"
      showIcon
      className="admin-secret"
      title={title}
      description={
        <>
          <Typography.Text
            code
            copyable={{ text: secret, tooltips: [t('kit.action.copy'), t('kit.action.copied')] }}
            className="admin-secret-text"
          >
            {secret}
          </Typography.Text>
          <p>{hint}</p>
        </>
      }
    />
  );
}
