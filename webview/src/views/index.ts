/** The views of the training panel in the order of their tabs. The first is shown until another is chosen. */
import { compareView } from '../compare/compare-view.tsx';
import { measuredView } from '../measured/measured.tsx';
import { operationsView } from './operations.tsx';
import { timelineView } from './timeline.tsx';
import type { PanelView } from './view.ts';

export const panelViews: readonly PanelView[] = [timelineView, operationsView, compareView, measuredView];
