/** The views of the training panel in the order of their tabs. The first is shown until another is chosen. */

import { compareView } from '../compare/compare-view.tsx';
import { measuredView } from '../measured/measured.tsx';
import { blocksView } from '../step/blocks/blocks-view.tsx';
import { communicationView } from '../step/communication/communication-view.tsx';
import { memoryStackView } from '../step/memory/stack-view.tsx';
import { rooflineView } from '../step/roofline/roofline-view.tsx';
import { waterfallView } from '../step/waterfall/waterfall-view.tsx';
import { operationsView } from './operations.tsx';
import { timelineView } from './timeline.tsx';
import type { PanelView } from './view.ts';

export const panelViews: readonly PanelView[] = [
  timelineView,
  operationsView,
  waterfallView,
  memoryStackView,
  rooflineView,
  communicationView,
  blocksView,
  compareView,
  measuredView,
];
