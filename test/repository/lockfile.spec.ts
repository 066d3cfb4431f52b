import { readFileSync } from 'node:fs';

interface LockedPackage {
  cpu?: string[];
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  resolved?: string;
  version: string;
}

type Packages = Record<string, LockedPackage>;

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Packages };
const { '': root, ...others } = packages;
/** What comes from elsewhere: our own workspaces are links to folders of this repository. */
const locked = Object.fromEntries(
  Object.entries(others).filter(([path, { link }]) => path.includes('node_modules/') && !link),
);

/** Where people and CI run this. Other libcs and systems come as they come. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

/** @returns what a package would lack on some of our platforms */
function missingVariants(all: Packages): string[] {
  return Object.entries(all).flatMap(([path, { optionalDependencies = {} }]) => {
    const names = Object.keys(optionalDependencies).filter((name) => platformOf(name));
    if (names.length === 0) return [];
    return PLATFORMS.filter((platform) => {
      const variants = names.filter((name) => platformOf(name) === platform && !name.includes('musl'));
      return !variants.some((name) => find(all, path, name)?.integrity);
    }).map((platform) => `${path || 'this repository'} has nothing for ${platform}`);
  });
}

/** The system and processor that a native package is for, by its name. */
function platformOf(name: string): string | undefined {
  const [, system, processor] = /\b(linux|darwin)-(x64|arm64)\b/.exec(name) ?? [];
  return system && `${system}-${String(processor)}`;
}

/** As Node finds it: beside the package, or further up. */
function find(all: Packages, path: string, name: string): LockedPackage | undefined {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = all[`${folder}${folder && '/'}node_modules/${name}`];
    if (found ?? !folder) return found;
  }
}

describe('package-lock.json', () => {
  it('names no registry, so that any mirror can serve it', () => {
    const resolved = Object.entries(locked).filter(([, { resolved }]) => resolved);
    expect(resolved).toEqual([]);
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^omit-lockfile-registry-resolved=true$/m);
  });

  it('fixes what each package contains', () => {
    const loose = Object.entries(locked).filter(([, { integrity }]) => !integrity);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('has every native package for Linux (x64, arm64) and macOS (arm64)', () => {
    const native = Object.keys(locked).filter((path) => platformOf(path));
    expect(native.length).toBeGreaterThan(10);
    expect(missingVariants(packages)).toEqual([]);
  });

  it.each(PLATFORMS)('would be found out if a package for %s were missing', (platform) => {
    const swc = Object.keys(packages).filter(
      (path) => path.startsWith('node_modules/@swc/core-') && platformOf(path) === platform,
    );
    const rest = Object.entries(packages).filter(([path]) => !swc.includes(path));
    expect(swc).not.toEqual([]);
    expect(missingVariants(Object.fromEntries(rest))).toEqual([
      `node_modules/@swc/core has nothing for ${platform}`,
    ]);
  });

  it('is of this package.json', () => {
    const fields = [
      'dependencies',
      'devDependencies',
      'optionalDependencies',
      'version',
      'license',
      'engines',
    ];
    const { [0]: own } = [JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>];
    for (const field of fields) {
      expect([field, (root as unknown as Record<string, unknown>)[field]]).toEqual([field, own[field]]);
    }
  });
});
