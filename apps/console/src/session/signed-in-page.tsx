import { IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Nothing } from '../ui/nothing.js';

/** Where the identity provider leads after a session had ended in another tab. */
export function SignedInPage(): ReactNode {
  return (
    <Nothing isPage icon={IconCircleCheck} title="You are signed in">
      Close this tab and go on where you were.
    </Nothing>
  );
}
