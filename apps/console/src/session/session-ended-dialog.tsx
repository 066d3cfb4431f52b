import { Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect } from 'react';
import type { Me } from '../api/types.js';
import { Dialog } from '../ui/dialog.js';
import { SignInForm } from './sign-in-form.js';
import { ME } from './use-me.js';

/** Above everything else: what was typed is still there afterwards. */
export function SessionEndedDialog({ actor }: { actor: string }): ReactNode {
  const queryClient = useQueryClient();
  const resume = useCallback(async () => {
    await queryClient.refetchQueries({ queryKey: ME });
    const me = queryClient.getQueryState<Me>(ME);
    if (me?.status !== 'success') return;
    // What is on the page was for somebody else's eyes.
    if (me.data?.actor !== actor) location.reload();
    await queryClient.invalidateQueries();
  }, [queryClient, actor]);
  // Signing in with the provider happens in another tab; coming back from it is the moment to look.
  useEffect(() => {
    const look = (): void => void resume();
    window.addEventListener('focus', look);
    return () => window.removeEventListener('focus', look);
  }, [resume]);
  return (
    <Dialog
      opened
      onClose={() => undefined}
      title="Your session has ended"
      size="sm"
      zIndex={500}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
    >
      <Text size="sm" c="dimmed" mb="md">
        Sign in again. This page stays as it is, with everything that you have typed.
      </Text>
      <SignInForm onSignedIn={resume} inNewTab />
    </Dialog>
  );
}
