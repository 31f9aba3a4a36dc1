/** Small parts of the new referral's form. */
import { CloseOutlined } from '@ant-design/icons';
import { Button, Tag } from 'antd';
import { t } from '@/i18n';
import type { PatientPick } from '../newForm';
import type { Sex } from '../types';
import { sexAge } from './bits';
import { sizeText } from './Files';

/** The chosen patient, and the way back to the search. */
export function PatientBar({ patient, onChange }: { patient: PatientPick; onChange: () => void }) {
  return (
    <div className="referral-picked">
      <span>
        <b>{patient.name}</b> {sexAge(patient.sex as Sex, patient.age_years)}{' '}
        <span className="lt-muted lt-figures">{patient.identifier}</span>
      </span>
      <Button size="small" onClick={onChange}>
        {t('referral.finder.other')}
      </Button>
    </div>
  );
}

/** Files that go with the referral once it is sent. */
export function FileChips({
  files,
  onChange,
}: {
  files: File[];
  onChange: (files: File[]) => void;
}) {
  if (files.length === 0) return null;
  return (
    <div className="lt-row referral-chips">
      {files.map((file) => (
        <Tag
          key={`${file.name}${file.size}${file.lastModified}`}
          closable
          closeIcon={<CloseOutlined />}
          onClose={() => onChange(files.filter((other) => other !== file))}
        >
          {file.name} <span className="lt-muted">{sizeText(file.size)}</span>
        </Tag>
      ))}
    </div>
  );
}
