import { createRoot } from 'react-dom/client';
import { storedLanguage } from '@/i18n';
import { currentScheme } from '@/kit/theme';
import { applyPalette } from '@/kit/tokens';
import '@/kit/kit.css';
import '@/kit/kit-parts.css';
import './shell.css';
import { App } from './App';
import { watchMissingChunks } from './newVersion';
import { loadLanguage } from './texts';

watchMissingChunks();
applyPalette(currentScheme());

const place = document.getElementById('root');
if (place) {
  void loadLanguage(storedLanguage()).then(() => createRoot(place).render(<App />));
}
