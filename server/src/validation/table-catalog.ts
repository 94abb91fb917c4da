/** The catalog over the project's own data files. */
import { architectureOf, findArchitecture } from '../data/architectures.ts';
import { findAccelerator, findModelCard, findNetwork, findNode, usualNode } from '../data/index.ts';
import type { Catalog } from './catalog.ts';

export const tableCatalog: Catalog = {
  findAccelerator,
  findNetwork,
  findNode,
  usualNode,
  architectureOf,
  findArchitecture,
  findModel: (name) => findModelCard(name)?.fields,
};
