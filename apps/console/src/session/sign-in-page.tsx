import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { SignInForm } from './sign-in-form.js';
import { ME } from './use-me.js';
import classes from './session.module.css';

/** At whatever address the reader wanted: it stays, and is shown once they are in. */
export function SignInPage(): ReactNode {
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
        <SignInForm onSignedIn={() => queryClient.resetQueries({ queryKey: ME })} />
      </div>
    </main>
  );
}
