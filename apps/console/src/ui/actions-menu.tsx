import { ActionIcon } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { MenuSection } from './menu-section.js';

interface ActionsMenuProps {
  label: string;
  icon: Icon;
  sections: () => readonly MenuSection[];
}

const loadMenu = (): Promise<typeof import('./opened-menu.js')> => import('./opened-menu.js');
const OpenedMenu = lazy(() => loadMenu().then((module) => ({ default: module.OpenedMenu })));

/** A button with a menu, whose code is loaded when somebody is about to open the first one. */
export function ActionsMenu({ label, icon: Icon, sections }: ActionsMenuProps): ReactNode {
  const [isWanted, setIsWanted] = useState(false);
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={label}
      aria-haspopup="menu"
      onPointerEnter={() => void loadMenu()}
      onFocus={() => void loadMenu()}
      onClick={() => setIsWanted(true)}
    >
      <Icon size={18} aria-hidden />
    </ActionIcon>
  );
  if (!isWanted) return button;
  return (
    <Suspense fallback={button}>
      <OpenedMenu label={label} icon={Icon} sections={sections()} />
    </Suspense>
  );
}
