import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { toast } from '@/kit/toast';
import { rowErrors } from '../rowErrors';

interface RowsDialogProps<Row> {
  title: string;
  path: string;
  version: string;
  /** The field of the body that holds the rows. */
  name: string;
  /** What the fields of a row are called; the first of them stands for the row. */
  labels: Record<string, string>;
  rows: Partial<Row>[];
  empty: Partial<Row>;
  fields: (index: number) => ReactNode;
  toInput: (row: Row) => object;
  onDone: () => void;
}

/** Replaces a list that belongs to somebody: rows are changed, added and removed, then saved at once. */
export function RowsDialog<Row>(props: RowsDialogProps<Row>) {
  const { title, path, version, name, labels, rows, empty, fields, toInput, onDone } = props;
  const first = Object.keys(labels)[0] ?? '';
  const [form] = Form.useForm();
  const [open, setOpen] = useState(false);
  const save = useCommand(
    (input: object, headers) =>
      call('PUT', path, { body: input, headers: { ...headers, ...ifMatch(version) } }),
    {
      onSuccess: () => {
        toast.success(t('network.saved'));
        setOpen(false);
        onDone();
      },
    },
  );
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {title}
      </Button>
      <Modal
        open={open}
        width={760}
        title={title}
        okText={t('kit.action.save')}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ loading: save.isPending }}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <FormErrors
          error={save.error && rowErrors(save.error, name, first)}
          labels={Object.fromEntries(
            Object.entries(labels).map(([field, label]) => [`${name}.${field}`, label]),
          )}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          preserve={false}
          initialValues={{ [name]: rows }}
          onFinish={(values) =>
            save.mutate(
              { [name]: (values[name] as Row[] | undefined)?.map(toInput) ?? [] },
              { onError: (error) => markFields(form, rowErrors(error, name, first)) },
            )
          }
        >
          <Form.List name={name}>
            {(list, { add, remove }) => (
              <div className="lt-stack">
                {list.map((field) => (
                  <div key={field.key} className="network-row">
                    <Form.Item name={[field.name, 'id']} hidden>
                      <input />
                    </Form.Item>
                    {fields(field.name)}
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      aria-label={t('network.remove')}
                      onClick={() => remove(field.name)}
                    />
                  </div>
                ))}
                <Button icon={<PlusOutlined />} onClick={() => add(empty)}>
                  {t('network.add')}
                </Button>
              </div>
            )}
          </Form.List>
        </Form>
      </Modal>
    </>
  );
}
