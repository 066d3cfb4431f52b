export interface ProjectsSearch {
  q?: string | undefined;
}

/** The state of the list, as its URL has it. The router reads numbers as such; a name may be one. */
export function projectsSearch({ q }: Record<string, unknown>): ProjectsSearch {
  return { q: (typeof q === 'string' && q !== '') || typeof q === 'number' ? String(q) : undefined };
}
