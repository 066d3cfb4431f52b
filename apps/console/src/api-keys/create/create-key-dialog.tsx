import { useBlocker } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { gateway } from '../../api/gateway.js';
import type { ApiKey, CreatedApiKey } from '../../api/types.js';
import { Dialog } from '../../ui/dialog.js';
import { useSubmission } from '../../ui/use-submission.js';
import { CreateKeyForm, type KeyDraft } from './create-key-form.js';
import { RevealDialog } from './reveal-dialog.js';

interface CreateKeyDialogProps {
  projectId: string;
  /** The key that the new one is made to take over from. */
  replaces?: ApiKey;
  onClose: () => void;
  onCreated: (apiKey: ApiKey) => Promise<void>;
}

/** Asks for what is needed, creates the key and shows it once. The key is in the state of this component and nowhere else. */
export function CreateKeyDialog({
  projectId,
  replaces,
  onClose,
  onCreated,
}: CreateKeyDialogProps): ReactNode {
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  // The same for every attempt: whatever is lost on the way, there will be one key.
  const [idempotencyKey] = useState(newIdempotencyKey);
  const { isBusy, error, submit } = useSubmission(async ({ note, expiresAt }: KeyDraft) => {
    const body = { note, expiresAt, ...(replaces ? { replacesKeyId: replaces.id } : {}) };
    setCreated(await gateway.createApiKey(projectId, body, idempotencyKey));
  });
  // Whoever leaves now never sees the key that is being made.
  useBlocker({ shouldBlockFn: () => isBusy, enableBeforeUnload: () => isBusy });
  if (created !== null) {
    const { key, ...apiKey } = created;
    const close = (): void => {
      setCreated(null);
      void onCreated(apiKey);
    };
    return <RevealDialog apiKey={apiKey} secret={key} onClose={close} />;
  }
  return (
    <Dialog
      opened
      onClose={() => {
        if (!isBusy) onClose();
      }}
      title={replaces ? `Create a replacement for ${replaces.keyStart}…` : 'Create API Key'}
    >
      <CreateKeyForm replaces={replaces} isBusy={isBusy} error={error} onCancel={onClose} onSubmit={submit} />
    </Dialog>
  );
}

/** `crypto.randomUUID` exists in secure contexts only, and the console works over plain http as well. */
function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
