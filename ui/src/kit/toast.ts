/** Short notices after an action. The application connects them to Ant Design at start. */
import { asApiError } from '@/api/errors';
import { t } from '@/i18n';

export interface ToastLine {
  success: (text: string) => void;
  error: (text: string) => void;
  info: (text: string) => void;
}

let line: ToastLine | null = null;

export function connectToasts(to: ToastLine): void {
  line = to;
}

export const toast = {
  success: (text: string) => line?.success(text),
  info: (text: string) => line?.info(text),
  /** The server's own sentence where there is one. */
  error: (thrown: unknown) => {
    const error = asApiError(thrown);
    const name = error.offline ? 'offline' : error.stale ? 'stale' : 'title';
    line?.error(error.detail || t(`kit.error.${name}`));
  },
};
