/** The path of a request target. The query is not shown anywhere: people put secrets into it. */
export function requestPath(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
