import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { auditSearch } from '../audit/audit-search.js';
import { listSearch } from '../api-keys/list/list-search.js';
import { projectsSearch } from '../projects/projects-search.js';
import { lastProject } from '../projects/last-project.js';
import { NotFoundPage } from './not-found-page.js';
import { RootPage } from './root-page.js';
import { SignedInPage } from '../session/signed-in-page.js';
import { CrashPage } from './crash-page.js';

const rootRoute = createRootRoute({ component: RootPage, notFoundComponent: NotFoundPage });

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    const projectId = lastProject.read();
    const options = { replace: true, throw: true } as const;
    if (projectId === null) return redirect({ to: '/projects', ...options });
    const state = { isFromHome: true };
    redirect({ to: '/projects/$projectId/api-access/api-keys', params: { projectId }, state, ...options });
  },
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/signed-in',
  component: SignedInPage,
});

const projectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects',
  validateSearch: projectsSearch,
  component: lazyRouteComponent(() => import('../projects/projects-page.js'), 'ProjectsPage'),
});

const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$projectId',
  component: lazyRouteComponent(() => import('../projects/project-page.js'), 'ProjectPage'),
});

const projectHomeRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/',
  beforeLoad: ({ params }) => {
    redirect({ throw: true, to: '/projects/$projectId/api-access/api-keys', params, replace: true });
  },
});

const apiKeysRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/api-access/api-keys',
  validateSearch: listSearch,
  component: lazyRouteComponent(
    () => import('../api-keys/list/project-api-keys-page.js'),
    'ProjectApiKeysPage',
  ),
});

const apiKeyRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/api-access/api-keys/$keyId',
  component: lazyRouteComponent(() => import('../api-keys/key-page/api-key-page.js'), 'ApiKeyPage'),
});

const llmKeysRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/api-access/llm-keys',
  component: lazyRouteComponent(() => import('../api-keys/llm-keys-page.js'), 'LlmKeysPage'),
});

const deletedRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/api-access/recently-deleted',
  component: lazyRouteComponent(() => import('../api-keys/recently-deleted-page.js'), 'RecentlyDeletedPage'),
});

const projectAuditRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../audit/project-audit-page.js'), 'ProjectAuditPage'),
});

const allApiKeysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/api-keys',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../api-keys/list/all-api-keys-page.js'), 'AllApiKeysPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../audit/audit-page.js'), 'AuditPage'),
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  signedInRoute,
  projectsRoute,
  projectRoute.addChildren([
    projectHomeRoute,
    apiKeysRoute,
    apiKeyRoute,
    llmKeysRoute,
    deletedRoute,
    projectAuditRoute,
  ]),
  allApiKeysRoute,
  auditRoute,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: CrashPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** The row that is to be shown and focused, as it was just created or found. */
    focusKeyId?: string;
    /** Nobody asked for this project: it was the last one that was visited. */
    isFromHome?: boolean;
  }
}
