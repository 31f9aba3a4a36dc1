/** What a summary will say, before it is issued: plain words, nothing drawn from markup. */
import { t } from '@/i18n';
import { Facts } from '@/kit/Page';
import type { ClinicalDocument } from '../types';

export function Preview({ document }: { document: ClinicalDocument }) {
  const author = document.authors[0];
  return (
    <>
      <Facts
        items={[
          { label: t('documents.head.patient'), value: document.patient_name ?? '—' },
          { label: t('documents.head.author'), value: author?.name ?? '—' },
          { label: t('documents.head.custodian'), value: document.custodian ?? '—' },
          { label: t('documents.head.made'), value: document.made_at },
          { label: t('documents.head.number'), value: document.number },
        ]}
      />
      {document.sections.map((section, index) => (
        <section key={index}>
          <h3>{section.title}</h3>
          {linesOf(section.html).map((line, place) => (
            <p key={place}>{line}</p>
          ))}
        </section>
      ))}
    </>
  );
}

/** The words of a section, a line for each paragraph, item or row. */
export function linesOf(html: string): string[] {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const lines: string[] = [];
  for (const part of parsed.querySelectorAll('p, li, tr')) {
    const cells = [...part.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '');
    const line = cells.length > 0 ? cells.filter(Boolean).join(' · ') : (part.textContent ?? '');
    if (line.trim()) lines.push(line.trim());
  }
  return lines;
}
