/** Every folder under `modules/` with an `index.tsx` is part of the application. */
import type { UiModule } from '@/kit/module';

const found = import.meta.glob<{ module: UiModule }>('../modules/*/index.tsx', { eager: true });

export const modules: readonly UiModule[] = Object.values(found)
  .map((file) => file.module)
  .sort((a, b) => a.order - b.order);
