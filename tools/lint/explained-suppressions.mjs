// An ESLint rule: whoever switches rules off says which ones, and why.

/** What a comment must look like to be an instruction to ESLint; what follows `--` is its reason. */
const instruction = /^\s*(eslint(?:-disable(?:-next-line|-line)?)?)(?:\s+([\s\S]*))?$/;
const reasonMark = /(?:^|\s)-{2,}\s/;

/** @type {import('eslint').Rule.RuleModule} */
export const explainedSuppressions = {
  meta: {
    type: 'problem',
    docs: { description: 'Require rule names and a reason in comments that switch ESLint rules off' },
    messages: {
      nameTheRules: 'Name the rules: `{{instruction}} some/rule -- the reason`.',
      giveAReason: 'Say why after two dashes: `{{instruction}} some/rule -- the reason`.',
    },
    schema: [],
  },
  create: (context) => ({
    Program: () => {
      for (const { type, value, loc } of context.sourceCode.getAllComments()) {
        const [, name, rest = ''] = instruction.exec(value) ?? [];
        // ESLint itself obeys `eslint` and `eslint-disable` in block comments only.
        if (!name || !loc || (type === 'Line' && !name.endsWith('line'))) continue;
        const [rules, reason] = rest.split(reasonMark, 2);
        // Just before the comment: in its own place the report would be switched off with all the others.
        const before = { start: { ...loc.start, column: -1 }, end: loc.end };
        const data = { instruction: name };
        if (!rules?.trim()) context.report({ loc: before, messageId: 'nameTheRules', data });
        if (!reason?.trim()) context.report({ loc: before, messageId: 'giveAReason', data });
      }
    },
  }),
};
