import { CloudDownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { t } from '@/i18n';
import { EmptyState, ErrorState } from '@/kit/States';
import { reloadPage } from './newVersion';

interface State {
  error: unknown;
}

/** Keeps a failure inside the part that failed; the rest of the screen goes on working. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    // biome-ignore lint/suspicious/noConsole: the only place where a broken screen leaves a trace
    console.error(error, info.componentStack);
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (isChunkError(error)) {
      return (
        <EmptyState
          icon={<CloudDownloadOutlined />}
          title={t('kit.error.new-version')}
          hint={t('kit.error.new-version-hint')}
          action={
            <Button type="primary" onClick={reloadPage}>
              {t('kit.action.reload')}
            </Button>
          }
        />
      );
    }
    return <ErrorState error={error} onRetry={() => this.setState({ error: null })} />;
  }
}

/** A part of the page that the server no longer has: the page is older than the server. */
function isChunkError(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|module script/i.test(error.message);
}
