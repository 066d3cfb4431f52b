import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { Notice } from '../ui/notice.js';
import { SignInForm } from './sign-in-form.js';
import { ME } from './use-me.js';
import classes from './session.module.css';

const PROBLEMS: Readonly<Record<string, string>> = {
  expired: 'It took too long, or was begun in another window. Try again.',
  refused: 'The provider did not confirm who you are. Try again, or use the admin token.',
  unavailable: 'The provider cannot be reached right now. Try again in a moment, or use the admin token.',
  too_many_requests: 'There were too many attempts. Try again in a minute.',
};

/**
 * At whatever address the reader wanted: it stays, and is shown once they are in.
 *
 * @param props.problem code of why the sign-in with the provider failed
 */
export function SignInPage({ problem }: { problem: string | null }): ReactNode {
  const queryClient = useQueryClient();
  useEffect(() => {
    document.title = 'Sign in · Traylinx';
  }, []);
  return (
    <main className={classes['page']}>
      <div className={classes['brand']}>
        <IconKey size={26} aria-hidden /> Traylinx API Keys
      </div>
      <div className={classes['card']}>
        <h1>Sign in</h1>
        <p className={classes['hint']}>For admins of projects and their API keys.</p>
        {problem !== null && (
          <div className={classes['problem']}>
            <Notice tone="danger" role="alert" title="You are not signed in">
              {PROBLEMS[problem] ?? 'Try again.'}
            </Notice>
          </div>
        )}
        <SignInForm onSignedIn={() => queryClient.resetQueries({ queryKey: ME })} />
      </div>
    </main>
  );
}
