import { useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { roleText } from '../session/permissions.js';
import { signOut } from '../session/sign-out.js';
import { useMe } from '../session/use-me.js';
import { ActionsMenu } from '../ui/actions-menu.js';
import type { MenuSection } from '../ui/menu-section.js';

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

export function AccountMenu(): ReactNode {
  const { data: me } = useMe();
  // What Mantine would stop transitions with is an inline style, which the Content-Security-Policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const sections = (): MenuSection[] => [
    {
      label: me && `${me.name} · ${roleText(me)}`,
      actions: SCHEMES.map(({ value, label, icon }) => ({
        label,
        icon,
        checked: colorScheme === value,
        onClick: () => setColorScheme(value),
      })),
    },
    { actions: [{ label: 'Sign out', icon: IconLogout, onClick: () => void signOut() }] },
  ];
  return <ActionsMenu label="Account and appearance" icon={IconUserCircle} sections={sections} />;
}
