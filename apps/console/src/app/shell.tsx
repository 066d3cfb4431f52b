import { ActionIcon, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHelp, IconKey, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense } from 'react';
import { AccountMenu } from './account-menu.js';
import { useShortcut } from './use-shortcut.js';
import classes from './shell.module.css';

const FindKeyDialog = lazy(() =>
  import('../api-keys/find/find-key-dialog.js').then((module) => ({ default: module.FindKeyDialog })),
);

const ShortcutHelp = lazy(() =>
  import('./shortcut-help.js').then((module) => ({ default: module.ShortcutHelp })),
);

/** What surrounds every page. */
export function Shell({ children }: { children: ReactNode }): ReactNode {
  const [isFinding, finding] = useDisclosure(false);
  const [isHelping, helping] = useDisclosure(false);
  useShortcut('f', finding.open);
  useShortcut('?', helping.open);
  return (
    <>
      <a className={classes['skip']} href="#content">
        Skip to the content
      </a>
      <header className={classes['header']}>
        <div className={classes['bar']}>
          <Link to="/projects" className={classes['brand']}>
            <IconKey size={20} aria-hidden /> <span>Traylinx</span>
            <span className={classes['area']}>Admin</span>
          </Link>
          <nav className={classes['nav']} aria-label="Main">
            <NavLink to="/projects">Projects</NavLink>
            <NavLink to="/api-keys">All API keys</NavLink>
            <NavLink to="/audit">Audit</NavLink>
          </nav>
          <div className={classes['actions']}>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconSearch size={14} aria-hidden />}
              onClick={finding.open}
            >
              Find a key
            </Button>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Help"
              title="Keyboard shortcuts"
              onClick={helping.open}
            >
              <IconHelp size={18} aria-hidden />
            </ActionIcon>
            <AccountMenu />
          </div>
        </div>
      </header>
      <main id="content" className={classes['content']} tabIndex={-1}>
        {children}
      </main>
      <Suspense>
        {isFinding && <FindKeyDialog onClose={finding.close} />}
        {isHelping && <ShortcutHelp onClose={helping.close} />}
      </Suspense>
    </>
  );
}

interface NavLinkProps {
  to: '/projects' | '/api-keys' | '/audit';
  children: ReactNode;
}

function NavLink({ to, children }: NavLinkProps): ReactNode {
  return (
    <Link to={to} className={classes['link']} activeProps={{ 'aria-current': 'page' }}>
      {children}
    </Link>
  );
}
