import { FINISH, type Target } from '../../core/kernel/instance.ts';
import { cleanLine } from './text.ts';

/** Where a way leads, as people read it. */
export function targetName(to: Target, from: string): string {
  switch (to.kind) {
    case 'step':
      return cleanLine(to.step);
    case 'stay':
      return `${cleanLine(from)} again`;
    case 'finish':
      return to.status === 'FAILED' ? `${FINISH} (failed)` : FINISH;
    case 'halt':
      return 'halt';
  }
}
