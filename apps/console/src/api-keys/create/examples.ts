/** Where the CLI and both SDKs look for the key. */
const VARIABLE = 'TRAYLINX_API_KEY';

export const envLine = (secret: string): string => `${VARIABLE}=${secret}`;

/**
 * Ways to use a key, none of them with the key in it: that belongs into the environment, not into a shell's history or a
 * source file. All of them ask who the key is, which counts as no use.
 */
export const examples = (origin: string): { label: string; code: string }[] => [
  {
    label: 'curl',
    code: `curl ${origin}/v1/whoami \\\n  -H "Authorization: Bearer $${VARIABLE}"`,
  },
  {
    label: 'JavaScript',
    code: [
      `const answer = await fetch('${origin}/v1/whoami', {`,
      `  headers: { authorization: \`Bearer \${process.env.${VARIABLE}}\` },`,
      '});',
      'console.log(answer.status, await answer.json());',
    ].join('\n'),
  },
  {
    label: 'Python',
    code: [
      'import os, urllib.request',
      '',
      'request = urllib.request.Request(',
      `    "${origin}/v1/whoami",`,
      `    headers={"Authorization": f"Bearer {os.environ['${VARIABLE}']}"},`,
      ')',
      'print(urllib.request.urlopen(request).read())',
    ].join('\n'),
  },
];
