import { Alert, Button, type FormInstance } from 'antd';
import { type ReactNode, useState } from 'react';
import { t } from '@/i18n';

interface Fresh {
  /** The version whose answers this person has seen: for `If-Match`. */
  version: number | undefined;
  note: ReactNode;
}

/**
 * A form over a row of a live board. Moves that the form does not ask about (a bed is occupied)
 * pass silently; another answer to what it asks is told, and loaded when this person says so.
 */
export function useFresh(
  form: FormInstance,
  values: object | undefined,
  version: number | undefined,
): Fresh {
  const [seen, setSeen] = useState({ values, version });
  const changed = JSON.stringify(values) !== JSON.stringify(seen.values);
  function load() {
    if (values) form.setFieldsValue(values);
    setSeen({ values, version });
  }
  return {
    version: changed ? seen.version : version,
    note: changed && (
      <Alert
        type="warning"
        showIcon
        role="alert"
        className="resources-fresh"
        title={t('kit.error.stale')}
        description={t('resources.fresh')}
        action={
          <Button size="small" onClick={load}>
            {t('kit.action.reload')}
          </Button>
        }
      />
    ),
  };
}
