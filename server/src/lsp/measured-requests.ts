/** The requests about measured runs: progress is told and cancelling is heard as LSP has it. */
import type { CancellationToken } from 'vscode-languageserver';
import {
  type CalibrateParams,
  type CalibrateResult,
  calibrateRequest,
  type MeasuredParams,
  type MeasuredResult,
  measuredRequest,
} from '../protocol/measured.ts';
import type { Guard } from './guard.ts';
import { type Course, MeasuredRuns } from './measured.ts';
import type { Publisher } from './publisher.ts';
import type { Session } from './session.ts';

const failed = { error: 'something went wrong; the log of the language server says what' };

export function answerMeasured(session: Session, guard: Guard, publisher: Publisher): void {
  const { connection } = session;
  const runs = new MeasuredRuns(session);
  connection.onRequest<MeasuredResult, void>(measuredRequest, (params: MeasuredParams, token: CancellationToken) => {
    const course = courseOf(session, params, token);
    return guard<MeasuredParams, MeasuredResult>(measuredRequest, failed, (wanted) => runs.measured(wanted, course))(params);
  });
  connection.onRequest<CalibrateResult, void>(calibrateRequest, (params: CalibrateParams, token: CancellationToken) => {
    const course = courseOf(session, params, token);
    return guard<CalibrateParams, CalibrateResult>(calibrateRequest, failed, async (wanted) => {
      const result = await runs.calibrate(wanted, course);
      if (wanted.write && 'path' in result) publisher.refresh(session.invalidate());
      return result;
    })(params);
  });
}

function courseOf({ connection }: Session, { workDoneToken }: MeasuredParams, token: CancellationToken): Course {
  const stop = new AbortController();
  token.onCancellationRequested(() => stop.abort());
  let told = -1;
  return {
    signal: stop.signal,
    progress: (percent, words) => {
      if (workDoneToken === undefined || percent <= told) return;
      told = percent;
      void connection.sendNotification('$/progress', {
        token: workDoneToken,
        value: { kind: 'report', percentage: percent, ...(words === '' ? {} : { message: words }) },
      });
    },
  };
}
