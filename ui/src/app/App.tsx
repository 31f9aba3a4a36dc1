import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useEffect, useLayoutEffect } from 'react';
import { asApiError } from '@/api/errors';
import { useLanguage } from '@/i18n';
import { antDesignTheme, useScheme } from '@/kit/theme';
import { connectToasts } from '@/kit/toast';
import { applyPalette } from '@/kit/tokens';
import { router } from './router';

const RETRIES_MAX = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Live events tell when something changed, so nothing is read twice within a minute.
      staleTime: 60_000,
      retry: (count, error) => asApiError(error).transient && count < RETRIES_MAX,
    },
  },
});

/** The providers around everything: server state, colours, words, routes. */
export function App() {
  const scheme = useScheme();
  const language = useLanguage();
  useLayoutEffect(() => applyPalette(scheme), [scheme]);
  return (
    <QueryClientProvider client={queries}>
      <ConfigProvider
        theme={antDesignTheme(scheme)}
        locale={language === 'zh-CN' ? zhCN : enUS}
        button={{ autoInsertSpace: false }}
      >
        <AntApp component={false}>
          <Toasts />
          {/* The key draws every screen anew in the other language; drafts survive it. */}
          <RouterProvider key={language} router={router} />
        </AntApp>
      </ConfigProvider>
    </QueryClientProvider>
  );
}

function Toasts() {
  const { message } = AntApp.useApp();
  useEffect(() => {
    connectToasts({
      success: (text) => void message.success(text),
      error: (text) => void message.error(text),
      info: (text) => void message.info(text),
    });
  }, [message]);
  return null;
}
