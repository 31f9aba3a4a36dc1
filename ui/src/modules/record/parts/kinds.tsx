/** A picture for each kind of line. */
import {
  AlertOutlined,
  ExperimentOutlined,
  FileTextOutlined,
  HeartOutlined,
  HomeOutlined,
  MedicineBoxOutlined,
  SafetyCertificateOutlined,
  ScissorOutlined,
  SwapOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import type { EntryKind } from '../fhir/entries';

export const KIND_ICONS: Record<EntryKind, ReactNode> = {
  visit: <HomeOutlined />,
  diagnosis: <HeartOutlined />,
  allergy: <AlertOutlined />,
  drug: <MedicineBoxOutlined />,
  result: <ExperimentOutlined />,
  procedure: <ScissorOutlined />,
  immunization: <SafetyCertificateOutlined />,
  document: <FileTextOutlined />,
  referral: <SwapOutlined />,
};
