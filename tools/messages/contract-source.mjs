// What only the source of libs/contracts knows: types and comments.
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { repositoryDirectory } from '../stack/paths.mjs';

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {boolean} optional
 * @property {string} type      as TypeScript writes it, aliases of unions spelled out
 * @property {string[]} classes  classes of ours that the type mentions
 * @property {string} comment
 */

export class ContractSource {
  /** @type {ts.TypeChecker} */
  #checker;
  /** @type {Map<string, ts.Symbol>} */
  #exports;

  constructor() {
    const configFile = join(repositoryDirectory, 'tsconfig.json');
    const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repositoryDirectory);
    const entry = join(repositoryDirectory, 'libs', 'contracts', 'src', 'index.ts');
    const program = ts.createProgram([entry], { ...options, noEmit: true });
    this.#checker = program.getTypeChecker();
    const sourceFile = program.getSourceFile(entry);
    const module = sourceFile && this.#checker.getSymbolAtLocation(sourceFile);
    if (!module) throw new Error(`${entry} exports nothing`);
    const symbols = this.#checker.getExportsOfModule(module);
    this.#exports = new Map(symbols.map((symbol) => [symbol.name, this.#resolved(symbol)]));
  }

  /** The doc comment of what is exported under this name, as one line. @param {string} name */
  commentOf(name) {
    return this.#comment(this.#exported(name));
  }

  /** Where it is declared, from the top of the repository. @param {string} name */
  fileOf(name) {
    const { fileName } = declarationOf(this.#exported(name)).getSourceFile();
    return relative(repositoryDirectory, fileName).split(sep).join('/');
  }

  /** The properties of a class in the order of declaration, inherited ones last. @param {string} className @returns {Field[]} */
  fieldsOf(className) {
    const type = this.#checker.getDeclaredTypeOfSymbol(this.#exported(className));
    return this.#checker.getPropertiesOfType(type).map((property) => {
      /** @type {Set<string>} */
      const classes = new Set();
      return {
        name: property.name,
        optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
        type: this.#typeText(this.#checker.getTypeOfSymbol(property), classes),
        classes: [...classes],
        comment: this.#comment(property),
      };
    });
  }

  /** @param {ts.Type} type @param {Set<string>} classes @returns {string} */
  #typeText(type, classes) {
    if (this.#checker.isArrayType(type)) {
      const [element] = this.#checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
      const text = element ? this.#typeText(element, classes) : 'unknown';
      return text.includes(' | ') ? `(${text})[]` : `${text}[]`;
    }
    if (type.isUnion() && (type.flags & ts.TypeFlags.Boolean) === 0) {
      const members = type.types.filter((member) => (member.flags & ts.TypeFlags.Undefined) === 0);
      const isNull = (/** @type {ts.Type} */ member) => (member.flags & ts.TypeFlags.Null) !== 0;
      const ordered = [...members.filter((member) => !isNull(member)), ...members.filter(isNull)];
      return ordered.map((member) => this.#typeText(member, classes)).join(' | ');
    }
    if (type.isClass() && this.#exports.has(type.symbol.name)) classes.add(type.symbol.name);
    return this.#checker.typeToString(type);
  }

  /** @param {ts.Symbol} symbol */
  #comment(symbol) {
    const parts = symbol.getDocumentationComment(this.#checker);
    return ts
      .displayPartsToString(parts)
      .replace(/\s+/g, ' ')
      .replace(/\{@link (\w+)\s*\}/g, '`$1`')
      .trim();
  }

  /** @param {string} name */
  #exported(name) {
    const symbol = this.#exports.get(name);
    if (!symbol) throw new Error(`libs/contracts does not export ${name}`);
    return symbol;
  }

  /** @param {ts.Symbol} symbol */
  #resolved(symbol) {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** @param {ts.Symbol} symbol */
function declarationOf(symbol) {
  const declaration = symbol.declarations?.[0];
  if (!declaration) throw new Error(`${symbol.name} is declared nowhere`);
  return declaration;
}
