import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconEye, IconPencil, IconReplace, IconTrash } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ApiKey } from '../../api/types.js';
import { useWhyNot } from '../../session/permissions.js';
import { useKeyActions } from '../key-actions.js';
import { nameOf } from '../key-state.js';

export function RowMenu({ apiKey }: { apiKey: ApiKey }): ReactNode {
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${nameOf(apiKey)}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Items apiKey={apiKey} />
      </Menu.Dropdown>
    </Menu>
  );
}

function Items({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { projectId, id: keyId } = apiKey;
  const { start } = useKeyActions();
  const navigate = useNavigate();
  const whyNot = useWhyNot(projectId);
  const isReadOnly = whyNot !== undefined;
  const open = (): void =>
    void navigate({ to: '/projects/$projectId/api-access/api-keys/$keyId', params: { projectId, keyId } });
  return (
    <>
      <Menu.Item leftSection={<IconEye size={16} aria-hidden />} onClick={open}>
        Open
      </Menu.Item>
      {isReadOnly && <Menu.Label maw={240}>{whyNot}</Menu.Label>}
      <Menu.Item
        leftSection={<IconPencil size={16} aria-hidden />}
        disabled={isReadOnly}
        onClick={() => start({ kind: 'change-note', apiKey })}
      >
        Change note
      </Menu.Item>
      <Menu.Item
        leftSection={<IconReplace size={16} aria-hidden />}
        disabled={isReadOnly || apiKey.replacedByKeyId !== null}
        onClick={() => start({ kind: 'replace', apiKey })}
      >
        {apiKey.replacedByKeyId === null ? 'Create replacement' : 'Has a replacement'}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        color="red"
        leftSection={<IconTrash size={16} aria-hidden />}
        disabled={isReadOnly}
        onClick={() => start({ kind: 'delete', apiKeys: [apiKey] })}
      >
        Delete
      </Menu.Item>
    </>
  );
}
