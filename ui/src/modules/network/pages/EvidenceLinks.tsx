import { PaperClipOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { call } from '@/api/client';
import { download } from '@/kit/download';
import type { Evidence } from '../types';

/** Files that prove something, to be saved. */
export function EvidenceLinks({ files }: { files: Evidence[] }) {
  if (files.length === 0) return <span className="lt-muted">—</span>;
  return (
    <span className="lt-row">
      {files.map((file) => (
        <FileLink key={file.id} file={file} />
      ))}
    </span>
  );
}

/** A file of which only the id is known. */
export function EvidenceFile({ id }: { id: string }) {
  const file = useEvidence(id);
  return file ? <FileLink file={file} /> : null;
}

function FileLink({ file }: { file: Evidence }) {
  return (
    <Button
      type="link"
      size="small"
      className="network-file"
      icon={<PaperClipOutlined />}
      onClick={() => void download(`/api/network/evidence/${file.id}/file`, {}, file.name)}
    >
      {file.name}
    </Button>
  );
}

function useEvidence(id: string): Evidence | undefined {
  return useQuery({
    queryKey: ['evidence', id],
    queryFn: ({ signal }) => call<Evidence>('GET', `/api/network/evidence/${id}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  }).data;
}
