import { Button, PasswordInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type SubmitEvent, type ReactNode, useState } from 'react';
import { hasCode, messageOf } from '../api/api-error.js';
import { gateway } from '../api/gateway.js';
import { ProblemPanel } from '../ui/problem-panel.js';
import { useSubmission } from '../ui/use-submission.js';
import classes from './session.module.css';

interface SignInFormProps {
  onSignedIn: () => Promise<void>;
  /** For a page that must not be left: the provider opens in a tab of its own. */
  inNewTab?: boolean;
}

export function SignInForm({ onSignedIn, inNewTab = false }: SignInFormProps): ReactNode {
  const methods = useQuery({ queryKey: ['sign-in-methods'], queryFn: gateway.signInMethods });
  if (methods.isPending) return <Button loading fullWidth aria-label="Loading" />;
  if (methods.isError) {
    return (
      <ProblemPanel
        title="It is unknown how to sign in here"
        error={methods.error}
        onRetry={() => void methods.refetch()}
      />
    );
  }
  const { oidc } = methods.data;
  return (
    <>
      {oidc !== null && (
        <Button
          component="a"
          href={providerUrl(inNewTab)}
          {...(inNewTab ? { target: '_blank', rel: 'noopener' } : {})}
          fullWidth
        >
          Sign in with {oidc.name}
        </Button>
      )}
      {oidc !== null && <div className={classes['or']}>or</div>}
      <TokenForm isPrimary={oidc === null} onSignedIn={onSignedIn} />
    </>
  );
}

function providerUrl(inNewTab: boolean): string {
  const returnTo = inNewTab ? '/signed-in' : location.pathname + location.search;
  return `/v1/session/sign-in?${new URLSearchParams({ returnTo }).toString()}`;
}

interface TokenFormProps {
  isPrimary: boolean;
  onSignedIn: () => Promise<void>;
}

function TokenForm({ isPrimary, onSignedIn }: TokenFormProps): ReactNode {
  const [token, setToken] = useState('');
  const { isBusy, error, submit } = useSubmission(async () => {
    await gateway.signIn(token.trim());
    setToken('');
    await onSignedIn();
  });
  const isWrong = hasCode(error, 'admin_credential_invalid');
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    submit();
  };
  return (
    <form onSubmit={onSubmit}>
      <PasswordInput
        label="Admin token"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        autoComplete="current-password"
        data-autofocus
        visibilityToggleButtonProps={{ 'aria-label': 'Show the token' }}
        error={isWrong ? messageOf(error) : undefined}
        mb="md"
      />
      {error !== null && !isWrong && <ProblemPanel title="You are not signed in" error={error} />}
      <Button
        type="submit"
        fullWidth
        mt="xs"
        variant={isPrimary ? 'filled' : 'default'}
        loading={isBusy}
        disabled={token.trim() === ''}
      >
        Sign in
      </Button>
    </form>
  );
}
