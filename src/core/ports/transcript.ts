import type { Role } from '../kernel/role.ts';
import type { Bounds } from './bounds.ts';

/** One message of a conversation. */
export interface Message {
  /** 128 random bits. */
  readonly id: string;
  /** 1, 2, 3 … in its session, without gaps. */
  readonly seq: number;
  readonly role: Role;
  readonly content: string;
  /** When it came: epoch milliseconds. */
  readonly at: number;
}

export interface TranscriptFilter {
  /** At least 1: the newest that many are given, oldest of them first. */
  readonly limit: number;
  /** Only messages with a smaller seq. */
  readonly before?: number;
}

/** The conversations of sessions. A session is an instance; the messages go when it does. */
export interface Transcript {
  /**
   * Appends and numbers it; `undefined`, and nothing written, where the owner has no such instance. @throws TuttiError `session/full` where
   * it goes beyond the bounds, where there are any.
   */
  append(
    owner: string,
    session: string,
    message: Omit<Message, 'seq'> & { readonly bounds?: Bounds },
  ): Promise<Message | undefined>;
  /** Empty when there is no such session. */
  read(owner: string, session: string, filter: TranscriptFilter): Promise<readonly Message[]>;
  /** How many messages each role has. */
  count(owner: string, session: string): Promise<Readonly<Record<Role, number>>>;
}
