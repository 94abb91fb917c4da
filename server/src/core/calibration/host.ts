/** Parameters of the host and of what runs beside the computation, fitted or assumed; see `fits/host.json`. */

import hostFits from './fits/host.json' with { type: 'json' };
import { fitted } from './fitted.ts';

export const hostCalibration = fitted(hostFits, 'host');
