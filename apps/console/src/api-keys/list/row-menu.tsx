import { IconDots, IconEye, IconPencil, IconReplace, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useWhyNot } from '../../session/permissions.js';
import { ActionsMenu } from '../../ui/actions-menu.js';
import type { MenuSection } from '../../ui/menu-section.js';
import { useKeyActions } from '../key-actions.js';
import { nameOf } from '../key-state.js';

export function RowMenu({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { projectId, id: keyId, replacedByKeyId } = apiKey;
  const { start } = useKeyActions();
  const navigate = useNavigate();
  const whyNot = useWhyNot(projectId);
  const disabled = whyNot !== undefined;
  const open = (): void =>
    void navigate({ to: '/projects/$projectId/api-access/api-keys/$keyId', params: { projectId, keyId } });
  const sections = (): MenuSection[] => [
    { actions: [{ label: 'Open', icon: IconEye, onClick: open }] },
    {
      ...(disabled ? { label: whyNot } : {}),
      actions: [
        {
          label: 'Change note',
          icon: IconPencil,
          disabled,
          onClick: () => start({ kind: 'change-note', apiKey }),
        },
        {
          label: replacedByKeyId === null ? 'Create replacement' : 'Has a replacement',
          icon: IconReplace,
          disabled: disabled || replacedByKeyId !== null,
          onClick: () => start({ kind: 'replace', apiKey }),
        },
        {
          label: 'Delete',
          icon: IconTrash,
          color: 'red',
          disabled,
          onClick: () => start({ kind: 'delete', apiKeys: [apiKey] }),
        },
      ],
    },
  ];
  return <ActionsMenu label={`Actions for ${nameOf(apiKey)}`} icon={IconDots} sections={sections} />;
}
