import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { createContext, lazy, type ReactNode, Suspense, use, useMemo, useState } from 'react';
import type { ApiKey } from '../api/types.js';
import { API_KEYS } from './use-api-keys.js';

type Action =
  | { kind: 'create'; projectId: string }
  | { kind: 'replace'; apiKey: ApiKey }
  | { kind: 'change-note'; apiKey: ApiKey }
  | { kind: 'delete'; apiKeys: readonly ApiKey[] };

interface KeyActions {
  start: (action: Action) => void;
}

const Context = createContext<KeyActions>({ start: () => undefined });
export const useKeyActions = (): KeyActions => use(Context);

const CreateKeyDialog = lazy(() =>
  import('./create/create-key-dialog.js').then((module) => ({ default: module.CreateKeyDialog })),
);
const DeleteKeysDialog = lazy(() =>
  import('./delete/delete-keys-dialog.js').then((module) => ({ default: module.DeleteKeysDialog })),
);
const NoteDialog = lazy(() => import('./note-dialog.js').then((module) => ({ default: module.NoteDialog })));

interface KeyActionsProviderProps {
  children: ReactNode;
  /** Leaves a page that was about what is no more. */
  onDeleted?: () => Promise<void>;
}

/** What can be done with API keys, for everything below it; and the dialogs in which it is done. */
export function KeyActionsProvider({ children, onDeleted }: KeyActionsProviderProps): ReactNode {
  const [action, setAction] = useState<Action | null>(null);
  const actions = useMemo(() => ({ start: setAction }), []);
  return (
    <Context value={actions}>
      {children}
      <Suspense>
        <ActionDialog action={action} onClose={() => setAction(null)} onDeleted={onDeleted} />
      </Suspense>
    </Context>
  );
}

interface ActionDialogProps {
  action: Action | null;
  onClose: () => void;
  onDeleted: (() => Promise<void>) | undefined;
}

function ActionDialog({ action, onClose, onDeleted }: ActionDialogProps): ReactNode {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  if (action === null) return null;
  const refresh = (): Promise<void> => {
    // What is on no page now would be shown as it was before, for a moment, on the next one.
    queryClient.removeQueries({ queryKey: API_KEYS, type: 'inactive' });
    return queryClient.invalidateQueries({ queryKey: API_KEYS });
  };
  const goTo = async ({ projectId, id }: ApiKey): Promise<void> => {
    onClose();
    await refresh();
    await navigate({
      to: '/projects/$projectId/api-access/api-keys',
      params: { projectId },
      search: {},
      state: { focusKeyId: id },
    });
  };
  const finishDeletion = async (): Promise<void> => {
    // First away from the page, which would say that the key is gone; but a list stays until it is without it.
    await onDeleted?.();
    await refresh();
    onClose();
  };
  switch (action.kind) {
    case 'create':
      return <CreateKeyDialog projectId={action.projectId} onClose={onClose} onCreated={goTo} />;
    case 'replace':
      return (
        <CreateKeyDialog
          projectId={action.apiKey.projectId}
          replaces={action.apiKey}
          onClose={onClose}
          onCreated={goTo}
        />
      );
    case 'change-note':
      return <NoteDialog apiKey={action.apiKey} onClose={onClose} onChanged={refresh} />;
    case 'delete':
      return (
        <DeleteKeysDialog
          apiKeys={action.apiKeys}
          onClose={onClose}
          onChange={refresh}
          onDone={finishDeletion}
        />
      );
  }
}
