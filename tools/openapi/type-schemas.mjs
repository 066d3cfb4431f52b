// What only the source knows: the types of answers and fields, as JSON Schema 2020-12, with their comments.
import { join } from 'node:path';
import ts from 'typescript';
import { repositoryDirectory } from '../stack/paths.mjs';
import { commentOf, schemaTagOf } from './comments.mjs';
import { unionOf } from './unions.mjs';

/** @typedef {Record<string, unknown>} Schema */
/** @typedef {{ name: string, optional: boolean, schema: Schema }} Field */

const ENTRY = 'apps/gateway/src/gateway.module.ts';
const OURS = /\/(apps\/gateway|libs\/[a-z-]+)\/src\//;

export class TypeSchemas {
  /** Objects that have a name, by it. @type {Map<string, Schema>} */
  components = new Map();
  /** @type {Map<string, ts.Declaration>} */
  #declarationOfComponent = new Map();
  /** @type {ts.TypeChecker} */
  #checker;
  /** @type {Map<string, ts.ClassDeclaration[]>} */
  #classes = new Map();

  constructor() {
    const configFile = join(repositoryDirectory, 'tsconfig.json');
    const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, repositoryDirectory);
    const program = ts.createProgram([join(repositoryDirectory, ENTRY)], { ...options, noEmit: true });
    this.#checker = program.getTypeChecker();
    for (const { fileName, statements } of program.getSourceFiles()) {
      if (!OURS.test(fileName)) continue;
      for (const node of statements) {
        if (!ts.isClassDeclaration(node) || node.name === undefined) continue;
        this.#classes.set(node.name.text, [...(this.#classes.get(node.name.text) ?? []), node]);
      }
    }
  }

  /** What a method promises; nothing when it promises nothing. @param {string} className @param {string} method @returns {Schema | undefined} */
  answerOf(className, method) {
    const declaration = this.#class(className).members.find(
      (member) => ts.isMethodDeclaration(member) && member.name.getText() === method,
    );
    if (!declaration || !ts.isMethodDeclaration(declaration) || !declaration.type) {
      throw new Error(`${className}.${method} has no declared answer`);
    }
    const node = promisedBy(declaration.type);
    if (node.kind === ts.SyntaxKind.VoidKeyword || node.kind === ts.SyntaxKind.UndefinedKeyword)
      return undefined;
    return this.#schemaOf(node);
  }

  /** The fields of a class in the order of declaration. @param {string} className @returns {Field[]} */
  fieldsOf(className) {
    return this.#fields(this.#checker.getTypeAtLocation(this.#class(className)));
  }

  /** An interface beside this class, as a component. @param {string} className @param {string} name */
  addComponent(className, name) {
    const sourceFile = this.#class(className).getSourceFile();
    for (const node of sourceFile.statements) {
      if (ts.isInterfaceDeclaration(node) && node.name.text === name) {
        this.#component(name, node, this.#checker.getTypeAtLocation(node));
      }
    }
  }

  /** @param {string} name */
  #class(name) {
    const [declaration, another] = this.#classes.get(name) ?? [];
    if (!declaration || another)
      throw new Error(`There are ${another ? 'two classes' : 'no class'} named ${name}`);
    return declaration;
  }

  /** @param {ts.Type} type @returns {Field[]} */
  #fields(type) {
    return this.#checker.getPropertiesOfType(type).map((property) => {
      const { valueDeclaration: node } = property;
      const declared =
        (node && ts.isPropertyDeclaration(node)) || (node && ts.isPropertySignature(node))
          ? node.type
          : undefined;
      const schema = declared
        ? this.#schemaOf(declared)
        : this.#schemaOfType(this.#checker.getTypeOfSymbol(property));
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      const own = { ...describedBy(commentOf(property, this.#checker)), ...schemaTagOf(property) };
      return { name: property.name, optional, schema: { ...schema, ...own } };
    });
  }

  /** @param {ts.TypeNode} node @returns {Schema} */
  #schemaOf(node) {
    if (ts.isParenthesizedTypeNode(node)) return this.#schemaOf(node.type);
    if (ts.isTypeOperatorNode(node)) return this.#schemaOf(node.type);
    if (ts.isArrayTypeNode(node)) return { type: 'array', items: this.#schemaOf(node.elementType) };
    if (ts.isUnionTypeNode(node))
      return unionOf(node.types.filter(isNotUndefined).map((part) => this.#schemaOf(part)));
    if (ts.isTypeReferenceNode(node)) return this.#schemaOfReference(node);
    return this.#schemaOfType(this.#checker.getTypeFromTypeNode(node));
  }

  /** @param {ts.TypeReferenceNode} node @returns {Schema} */
  #schemaOfReference(node) {
    const type = this.#checker.getTypeFromTypeNode(node);
    const [first, second] = node.typeArguments ?? [];
    const name = node.typeName.getText();
    if (/^(Readonly)?Array$/.test(name) && first) return { type: 'array', items: this.#schemaOf(first) };
    if (name === 'Record' && second) return { type: 'object', additionalProperties: this.#schemaOf(second) };
    if (name === 'StreamableFile') return { type: 'string' };
    const symbol = this.#resolved(this.#checker.getSymbolAtLocation(node.typeName));
    const declaration = symbol?.declarations?.[0];
    if (!symbol || !declaration || node.typeArguments || !OURS.test(declaration.getSourceFile().fileName)) {
      return this.#schemaOfType(type);
    }
    if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
      return this.#component(name, declaration, type);
    }
    if (!ts.isTypeAliasDeclaration(declaration)) return this.#schemaOfType(type);
    // Of a string with a form, the form is enough; what a list of values means has to be told.
    const comment = type.isUnion() ? commentOf(symbol, this.#checker) : '';
    const own = { ...describedBy(comment), ...schemaTagOf(symbol) };
    if (hasObjects(type))
      return this.#named(name, declaration, () => ({ ...this.#schemaOf(declaration.type), ...own }));
    return { ...this.#schemaOf(declaration.type), ...own };
  }

  /** Where there is no node to read, or none that says more. @param {ts.Type} type @returns {Schema} */
  #schemaOfType(type) {
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
    if (type.flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (type.flags & ts.TypeFlags.BooleanLiteral)
      return { const: this.#checker.typeToString(type) === 'true' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (type.flags & ts.TypeFlags.String) return { type: 'string' };
    if (type.flags & ts.TypeFlags.Number) return { type: 'number' };
    if (type.flags & ts.TypeFlags.NonPrimitive) return { type: 'object' };
    if (type.isUnion()) {
      const parts = type.types.filter((part) => (part.flags & ts.TypeFlags.Undefined) === 0);
      return unionOf(parts.map((part) => this.#schemaOfType(part)));
    }
    if (this.#checker.isArrayType(type)) {
      const [element] = this.#checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
      if (element) return { type: 'array', items: this.#schemaOfType(element) };
    }
    if (type.flags & ts.TypeFlags.Object || type.isIntersection()) return this.#object(type);
    throw new Error(`tools/openapi cannot write ${this.#checker.typeToString(type)} as JSON Schema`);
  }

  /** @param {string} name @param {ts.Declaration} declaration @param {ts.Type} type */
  #component(name, declaration, type) {
    return this.#named(name, declaration, () => ({
      ...describedBy(commentOf(type.symbol, this.#checker)),
      ...this.#object(type),
    }));
  }

  /** @param {string} name @param {ts.Declaration} declaration @param {() => Schema} make */
  #named(name, declaration, make) {
    const known = this.#declarationOfComponent.get(name);
    if (known && known !== declaration) throw new Error(`Two types of the API are named ${name}`);
    if (!known) {
      this.#declarationOfComponent.set(name, declaration);
      this.components.set(name, make());
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  /** @param {ts.Type} type @returns {Schema} */
  #object(type) {
    const fields = this.#fields(type);
    const required = fields.filter(({ optional }) => !optional).map(({ name }) => name);
    const properties = Object.fromEntries(fields.map(({ name, schema }) => [name, schema]));
    return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
  }

  /** @param {ts.Symbol | undefined} symbol */
  #resolved(symbol) {
    return symbol && symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** `Promise<X>` is an X. @param {ts.TypeNode} node @returns {ts.TypeNode} */
function promisedBy(node) {
  if (!ts.isTypeReferenceNode(node) || node.typeName.getText() !== 'Promise') return node;
  return node.typeArguments?.[0] ?? node;
}

/** @param {ts.TypeNode} node */
function isNotUndefined(node) {
  return node.kind !== ts.SyntaxKind.UndefinedKeyword;
}

/** @param {ts.Type} type @returns {boolean} */
function hasObjects(type) {
  if (type.isUnion()) return type.types.some(hasObjects);
  return (type.flags & ts.TypeFlags.Object) !== 0 || type.isIntersection();
}

/** @param {string} description */
function describedBy(description) {
  return description === '' ? {} : { description };
}
