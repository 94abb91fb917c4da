/** The catalog over the project's own data files. */
import { architectureOf, findArchitecture } from '../data/architectures.ts';
import { findAccelerator, findModelCard, findNetwork, findNode, learnedProducts, usualNode } from '../data/index.ts';
import type { Catalog } from './catalog.ts';

/** The same with the analytic curve of products everywhere. */
export const analyticCatalog: Catalog = {
  findAccelerator,
  findNetwork,
  findNode,
  usualNode,
  architectureOf,
  findArchitecture,
  findModel: (name) => findModelCard(name)?.fields,
};

export const tableCatalog: Catalog = { ...analyticCatalog, learned: learnedProducts };
