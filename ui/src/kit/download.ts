/** Saving a file that the server makes: spreadsheets, evidence, signed heads. */
import { type CallOptions, callFile } from '@/api/client';
import { toast } from './toast';

/** Fetches and saves; a refusal is shown as a notice, never saved as a file. */
export async function download(
  path: string,
  query: CallOptions['query'] = {},
  name = 'download',
): Promise<void> {
  try {
    const file = await callFile(path, query);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file.blob);
    link.download = file.name ?? name;
    link.click();
    // The browser has its own hold on the bytes once the save has begun.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (thrown) {
    toast.error(thrown);
  }
}
