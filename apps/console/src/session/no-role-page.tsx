import { Button } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import type { Me } from '../api/types.js';
import { Nothing } from '../ui/nothing.js';
import { signOut } from './sign-out.js';
import classes from './session.module.css';

/** The provider knows who they are, and nobody has given them anything to see. */
export function NoRolePage({ me }: { me: Me }): ReactNode {
  useEffect(() => {
    document.title = 'No role · Traylinx';
  }, []);
  return (
    <main className={classes['page']}>
      <Nothing
        isPage
        icon={IconLock}
        title="You have no role here"
        action={<Button onClick={() => void signOut()}>Sign out</Button>}
      >
        You are signed in as {me.actor}. Ask an admin for a role, then sign in again: roles are read when you
        sign in.
      </Nothing>
    </main>
  );
}
