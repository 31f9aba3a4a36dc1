/** Pickers of organizations, departments and codes. */
import { Select } from 'antd';
import { useState } from 'react';
import { t, textOr } from '@/i18n';
import { type AsyncOption, AsyncSelect } from '@/kit/AsyncSelect';
import { type CodeSystem, searchConcepts, searchOrgs, useConcepts, useDepartments } from '../api';
import type { Diagnosis } from '../types';
import { conceptText } from '../words';

interface PickerProps {
  id?: string;
  value?: string;
  onChange?: (value: string | undefined, option?: AsyncOption) => void;
  initial?: AsyncOption;
  placeholder?: string;
  disabled?: boolean;
  allowClear?: boolean;
  'aria-label'?: string;
}

/** Members that can be asked, by name, pinyin or code. */
export function OrgPicker(props: PickerProps & { except?: string }) {
  const { except, ...rest } = props;
  return (
    <AsyncSelect
      {...rest}
      queryKey={['organization', 'pick', except]}
      loadOptions={async (q, signal) => {
        const found = await searchOrgs(q, signal);
        return found
          .filter((org) => org.id !== except && !NOT_CARE.has(org.kind))
          .map((org) => ({
            value: org.id,
            label: org.name,
            hint: textOr(org.kind, `referral.org-kind.${org.kind}`),
          }));
      }}
    />
  );
}

/** Nodes of the tree and offices treat nobody. */
const NOT_CARE = new Set(['region', 'health-bureau']);

export function DepartmentPicker(props: PickerProps & { org_id?: string }) {
  const { org_id, value, onChange, ...rest } = props;
  const departments = useDepartments(org_id);
  return (
    <Select
      {...rest}
      className="lt-full"
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      disabled={!org_id || rest.disabled}
      loading={departments.isFetching}
      placeholder={rest.placeholder ?? t('referral.form.department-any')}
      options={(departments.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
      value={departments.data ? value : undefined}
      onChange={(next) => onChange?.(next ?? undefined)}
    />
  );
}

/** One of a short catalogue. */
export function ConceptSelect(
  props: PickerProps & { system: CodeSystem; direction?: string; searchOnly?: boolean },
) {
  const { system, direction, value, onChange, searchOnly: _, initial: __, ...rest } = props;
  const concepts = useConcepts(system);
  const fitting = (concepts.data ?? []).filter((concept) => {
    const own = concept.attributes.direction;
    return !direction || typeof own !== 'string' || own === 'any' || own === direction;
  });
  const options = fitting.map((concept) => ({ value: concept.code, label: conceptText(concept) }));
  return (
    <Select
      {...rest}
      className="lt-full"
      showSearch={{ optionFilterProp: 'label' }}
      loading={concepts.isFetching}
      options={options}
      value={value}
      onChange={(next) => {
        const option = options.find((one) => one.value === next);
        onChange?.(next ?? undefined, option);
      }}
    />
  );
}

/** One of a long catalogue, searched as it is typed. */
export function ConceptPicker(props: PickerProps & { system: CodeSystem }) {
  const { system, ...rest } = props;
  return (
    <AsyncSelect
      {...rest}
      queryKey={['terminology', system, 'pick']}
      loadOptions={async (q, signal) => {
        const found = await searchConcepts(system, q, signal);
        return found.map((concept) => ({
          value: concept.code,
          label: conceptText(concept),
          hint: concept.code,
        }));
      }}
    />
  );
}

interface DiagnosesInputProps {
  id?: string;
  value?: Diagnosis[];
  onChange?: (value: Diagnosis[]) => void;
  placeholder?: string;
}

/** Diagnoses by Chinese name, pinyin initials or ICD-10 code; the first is the main one. */
export function DiagnosesInput({ id, value = [], onChange, placeholder }: DiagnosesInputProps) {
  // The picker empties itself after each choice.
  const [round, setRound] = useState(0);
  function add(code: string | undefined, option?: AsyncOption) {
    if (!code || value.some((one) => one.code === code)) return;
    onChange?.([...value, { code, display: option?.label ?? code }]);
    setRound(round + 1);
  }
  return (
    <div>
      {value.length > 0 && (
        <ol className="referral-diagnoses">
          {value.map((diagnosis, index) => (
            <li key={diagnosis.code}>
              <span className="lt-figures">{diagnosis.code}</span> {diagnosis.display}
              {index === 0 && value.length > 1 && (
                <span className="lt-muted"> {t('referral.form.main-diagnosis')}</span>
              )}
              <button
                type="button"
                className="lt-link"
                onClick={() => onChange?.(value.filter((one) => one.code !== diagnosis.code))}
              >
                {t('referral.form.remove')}
              </button>
            </li>
          ))}
        </ol>
      )}
      <ConceptPicker
        key={round}
        id={id}
        system="icd10"
        placeholder={placeholder ?? t('referral.form.diagnosis-search')}
        onChange={add}
      />
    </div>
  );
}
