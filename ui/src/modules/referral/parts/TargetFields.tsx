/** Who is asked, and what they have free. */
import { Form, Input } from 'antd';
import { t } from '@/i18n';
import { shortTimeText, useNow } from '@/kit/time';
import { parted } from '@/kit/words';
import { useConcepts, usePlaces } from '../api';
import { required } from '../dialogs/fields';
import type { Content, Kind, Sex } from '../types';
import { placeKind } from '../words';
import { DepartmentPicker, OrgPicker } from './Pickers';

const SHOWN_MAX = 3;

export interface TargetFieldsProps {
  kind: Kind;
  own_org_id: string;
  /** Of the patient, as far as chosen: a bed for the other sex is not free for them. */
  sex: Sex | undefined;
}

export function TargetFields({ kind, own_org_id, sex }: TargetFieldsProps) {
  const form = Form.useFormInstance();
  const org_id = Form.useWatch('to_org_id') as string | undefined;
  const org_name = Form.useWatch('to_org_name') as string | undefined;
  // The picker keeps the label of its first value; another organization is another picker.
  return (
    <>
      <div className="referral-pair">
        <Form.Item
          name="to_org_id"
          label={t(`referral.form.to-org-${kind === 'down' ? 'down' : 'up'}`)}
          rules={required()}
        >
          <OrgPicker
            key={`${org_id}${org_name}`}
            except={kind === 'transfer' ? undefined : own_org_id}
            initial={org_id && org_name ? { value: org_id, label: org_name } : undefined}
            onChange={(value, option) =>
              form.setFieldsValue({
                to_org_id: value,
                to_org_name: option?.label,
                to_department_id: undefined,
              })
            }
          />
        </Form.Item>
        <Form.Item name="to_org_name" hidden>
          <Input />
        </Form.Item>
        <Form.Item name="to_department_id" label={t('referral.form.department')}>
          <DepartmentPicker org_id={org_id} />
        </Form.Item>
      </div>
      {org_id && <Availability org_id={org_id} kind={kind} sex={sex} />}
    </>
  );
}

/** The next free places there: the doctor can tell the patient before it is sent. */
function Availability({
  org_id,
  kind,
  sex,
}: Omit<TargetFieldsProps, 'own_org_id'> & { org_id: string }) {
  const now = useNow();
  const department_id = Form.useWatch('to_department_id') as string | undefined;
  const form = Form.useFormInstance();
  // The specialty has no field of its own: it comes with the rules' suggestion.
  const content = (Form.useWatch('content', { form, preserve: true }) ?? {}) as Partial<Content>;
  const place = content.service ? placeKind(content.service) : null;
  const exams = useConcepts('exam', place === 'equipment');
  const exam = exams.data?.find((one) => one.code === content.exam?.item_code);
  const modality = exam?.attributes.modality;
  const specialty = content.specialty_code ?? undefined;
  const named = place === 'equipment' ? modality : department_id || specialty;
  const enough = Boolean(named) && (place !== 'bed' || sex !== undefined);
  const places = usePlaces(
    {
      kind: place ?? 'slot',
      org_id,
      department_id: place === 'equipment' ? undefined : department_id,
      specialty: place === 'equipment' || department_id ? undefined : specialty,
      exam: place === 'equipment' ? content.exam?.item_code : undefined,
      equipment_kind: typeof modality === 'string' ? modality : undefined,
      sex: place === 'bed' ? sex : undefined,
      channel: kind === 'emergency' ? 'green' : 'referral',
      limit: SHOWN_MAX,
    },
    place !== null && enough,
  );
  if (!place || !enough || places.isError || !places.data) return null;
  return (
    <p className="referral-availability" role="status">
      {places.data.length === 0
        ? t(`referral.place.none-${place}`)
        : t(`referral.place.next-${place}`, {
            list: parted(
              places.data.map((offer) =>
                place === 'bed'
                  ? offer.name
                  : [shortTimeText(offer.start_at, now), offer.practitioner]
                      .filter(Boolean)
                      .join(' '),
              ),
            ),
          })}
    </p>
  );
}
