/** The route tree: the modules' routes under the shell, or bare for full-screen ones. */
import { createRootRoute, createRoute, createRouter, Outlet } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import type { UiRoute } from '@/kit/module';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorBoundary } from './ErrorBoundary';
import { Gate } from './Gate';
import { Home } from './Home';
import { modules } from './modules';
import { NotFound } from './NotFound';
import { parseQuery, printQuery } from './query';
import { Shell } from './Shell';
import { SignedIn } from './SignedIn';

const root = createRootRoute({ component: SignedIn, notFoundComponent: NotFound });

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const bare = createRoute({ getParentRoute: () => root, id: 'bare', component: Outlet });
const home = createRoute({ getParentRoute: () => shell, path: '/', component: Home });

function screen(route: UiRoute): () => ReactNode {
  const Screen = lazy(route.component);
  return function GatedScreen() {
    return (
      <ErrorBoundary>
        <Gate permission={route.permission}>
          <Suspense fallback={<PageSkeleton />}>
            <Screen />
          </Suspense>
        </Gate>
      </ErrorBoundary>
    );
  };
}

function routesUnder(parent: typeof shell | typeof bare, fullScreen: boolean) {
  return modules
    .flatMap((module) => module.routes)
    .filter((route) => Boolean(route.fullScreen) === fullScreen)
    .map((route) =>
      createRoute({ getParentRoute: () => parent, path: route.path, component: screen(route) }),
    );
}

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([home, ...routesUnder(shell, false)]),
    bare.addChildren(routesUnder(bare, true)),
  ]),
  parseSearch: parseQuery,
  stringifySearch: printQuery,
  scrollRestoration: true,
  defaultNotFoundComponent: NotFound,
});
