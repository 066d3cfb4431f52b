import { Center, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useSyncExternalStore } from 'react';
import { ApiError } from '../api/api-error.js';
import { session } from '../api/session-store.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { signInProblem } from './sign-in-problem.js';
import { useMe } from './use-me.js';
import classes from './session.module.css';

const SignInPage = lazy(() => import('./sign-in-page.js').then((module) => ({ default: module.SignInPage })));
const NoRolePage = lazy(() => import('./no-role-page.js').then((module) => ({ default: module.NoRolePage })));
const SessionEndedDialog = lazy(() =>
  import('./session-ended-dialog.js').then((module) => ({ default: module.SessionEndedDialog })),
);

/**
 * Shows the console to whoever is signed in, at whatever address. When the session ends later, the page stays as it is, with
 * what was typed into it, behind a dialog to sign in again.
 */
export function SessionGate({ children }: { children: ReactNode }): ReactNode {
  const me = useMe();
  const hasEnded = useSyncExternalStore(session.subscribe, session.hasEnded);
  if (me.data !== undefined) {
    return (
      <>
        {me.data.roles.length === 0 ? (
          <Suspense>
            <NoRolePage me={me.data} />
          </Suspense>
        ) : (
          children
        )}
        <Suspense>{hasEnded && <SessionEndedDialog actor={me.data.actor} />}</Suspense>
      </>
    );
  }
  if (me.error instanceof ApiError && me.error.status === 401)
    return (
      <Suspense>
        <SignInPage problem={signInProblem} />
      </Suspense>
    );
  if (me.error !== null) {
    return (
      <main className={classes['page']}>
        <ProblemPanel title="The console cannot start" error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }
  return (
    <Center h="100vh">
      <Loader aria-label="Loading" role="status" />
    </Center>
  );
}
